import { value } from '../config/declare/declare';

/** What every image dataset can be told; options extend it. */
export class ImageSettings {
  /** Side of the square images, in pixels. */
  imageSize = value(32, { integer: true, min: 8, unit: 'pixels' });
}

/** Images read together. */
export interface ImageBatch {
  /** uint8 [n, height, width, channels], each in [0, 255]. */
  readonly pixels: Uint8Array;
  /** int32 [n], each in [0, classes), where the dataset has labels. */
  readonly labels?: Int32Array;
}

/** What tells data from other data: of each part of it, by name, a text that is another where the part is. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Height, width and channels. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * A finite set of images of one size, read by index in any order. The conformance suite is test/contracts/image-dataset.ts.
 *
 * A constructor only keeps its settings; files are looked for, downloaded and checked by `open`. Order, batches and position are
 * the work of `Batches`, so that a dataset knows nothing of randomness.
 */
export abstract class ImageDataset {
  /** The shape of each image, known before `open`. */
  abstract readonly shape: ImageShape;

  /** How many images there are. @throws Error before `open` */
  abstract readonly count: number;

  /** The number of classes that labels count, where there are labels. */
  readonly classes: number | undefined = undefined;

  /** Whether an image mirrored from left to right is as good as the image: true of faces, false of digits. */
  readonly flips: boolean = false;

  /** How many images have been passed over so far, because they cannot be read. Left out by a dataset that passes over none. */
  get skipped(): number | undefined {
    return undefined;
  }

  /**
   * What tells the data from others, once it is open, at little cost: a run is gone on with on the same data only. Unless it is
   * overridden, how many images there are.
   */
  fingerprint(): Fingerprint {
    return { images: String(this.count) };
  }

  /**
   * Finds the data and checks it. Called once, before the first `read`.
   * @throws UserError where the data is missing or broken, naming the file and what to do
   */
  abstract open(): Promise<void>;

  /**
   * Reads images, off the main thread where that takes time.
   * @param indices each in [0, count); may repeat
   * @throws UserError naming the file that cannot be read
   */
  abstract read(indices: ArrayLike<number>): Promise<ImageBatch>;
}
