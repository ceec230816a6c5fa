import type { ImageShape } from './image-dataset';

/** Features of images. */
export interface Extracted {
  /** float32 [n, width]. */
  readonly features: Float32Array;
  /** float32 [n, classes], each row adding up to 1; undefined if the extractor has no classes. */
  readonly probabilities?: Float32Array | undefined;
}

/**
 * Extracts feature vectors used to compare sampled images with those of a dataset: options of the slot `quality.features`.
 *
 * A constructor only keeps its settings; `open` finds, loads and checks resources.
 */
export abstract class FeatureExtractor {
  /** Number of features per image. @throws Error before `open` */
  abstract readonly width: number;

  /** Number of classes; undefined if it has none. Known after `open`. */
  abstract readonly classes: number | undefined;

  /**
   * Prepares for images of a shape. May be called again. TensorFlow must be loaded.
   * @throws UserError if a resource is missing or broken, or the shape is not supported
   */
  abstract open(shape: ImageShape): Promise<void>;

  /**
   * @param pixels uint8 [n, height, width, channels] of the shape that it was opened for, each in [0, 255]
   * @throws Error before `open`
   */
  abstract extract(pixels: Uint8Array): Promise<Extracted>;
}
