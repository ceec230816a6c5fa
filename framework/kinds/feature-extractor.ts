import type { ImageShape } from './image-dataset';

/** What an extractor tells of images. */
export interface Extracted {
  /** float32 [n, width]. */
  readonly features: Float32Array;
  /** float32 [n, classes], each row adding up to 1, where the extractor knows classes. */
  readonly probabilities?: Float32Array | undefined;
}

/**
 * What makes numbers of images by which sets of images are compared: drawn ones with those of a dataset. Options are found by the slot
 * `quality.features`.
 *
 * A constructor only keeps its settings; what is needed is looked for, loaded and checked by `open`.
 */
export abstract class FeatureExtractor {
  /** How many numbers there are of an image. @throws Error before `open` */
  abstract readonly width: number;

  /** How many classes it tells apart; nothing where it tells none. Known after `open`. */
  abstract readonly classes: number | undefined;

  /**
   * Gets ready for images of a shape. May be called again. TensorFlow must be loaded.
   * @throws UserError where what it needs is missing or broken, or images of that shape are nothing for it
   */
  abstract open(shape: ImageShape): Promise<void>;

  /**
   * @param pixels uint8 [n, height, width, channels] of the shape that it was opened for, each in [0, 255]
   * @throws Error before `open`
   */
  abstract extract(pixels: Uint8Array): Promise<Extracted>;
}
