import { value } from '../config/declare/declare';

/** Settings shared by all image datasets; options extend it. */
export class ImageSettings {
  /** Side of the square images, in pixels. */
  imageSize = value(32, { integer: true, min: 8, unit: 'pixels' });
}

/** Batch of images. */
export interface ImageBatch {
  /** uint8 [n, height, width, channels], each in [0, 255]. */
  readonly pixels: Uint8Array;
  /** int32 [n], each in [0, classes); undefined if the dataset has no labels. */
  readonly labels?: Int32Array;
}

/** Fingerprint of a dataset: a hash or description for each named part. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Height, width and channels. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * A finite set of images of one size, read by index in any order. The conformance suite is test/contracts/image-dataset.ts.
 *
 * A constructor only keeps its settings; `open` finds, downloads and checks files. Order, batches and position are
 * handled by `Batches`, so a dataset is free of randomness.
 */
export abstract class ImageDataset {
  /** The shape of each image, known before `open`. */
  abstract readonly shape: ImageShape;

  /** Number of images. @throws Error before `open` */
  abstract readonly count: number;

  /** Number of classes; undefined if there are no labels. */
  readonly classes: number | undefined = undefined;

  /** Whether mirroring an image horizontally keeps its meaning: true of faces, false of digits. */
  readonly flips: boolean = false;

  /** Number of unreadable images skipped so far; undefined if the dataset skips none. */
  get skipped(): number | undefined {
    return undefined;
  }

  /**
   * Fingerprint of the open dataset, cheap to compute: a run can only be resumed on data with the same fingerprint. The number of images
   * by default.
   */
  fingerprint(): Fingerprint {
    return { images: String(this.count) };
  }

  /**
   * Finds the data and checks it. Called once, before the first `read`.
   * @throws UserError if the data is missing or broken, naming the file and the remedy
   */
  abstract open(): Promise<void>;

  /**
   * Reads images; expensive work runs off the main thread.
   * @param indices each in [0, count); may repeat
   * @throws UserError naming the file that cannot be read
   */
  abstract read(indices: ArrayLike<number>): Promise<ImageBatch>;
}
