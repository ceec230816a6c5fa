import { contractError, Dataset, type Fingerprint, typeNameOf, value } from 'explab';

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

/** Height, width and channels. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * A finite set of images of one size, read by index in any order. Its conformance suite is in 'explab/images/testing'.
 */
export abstract class ImageDataset extends Dataset<ImageBatch> {
  /** The shape of each image, known before `open`. */
  abstract readonly shape: ImageShape;

  /** Number of classes; undefined if there are no labels. */
  readonly classes: number | undefined = undefined;

  /** Whether mirroring an image horizontally keeps its meaning: true of faces, false of digits. */
  readonly flips: boolean = false;

  override fingerprint(): Fingerprint {
    return { images: String(this.count) };
  }

  override check(): void {
    super.check();
    const { shape, classes } = this;
    const sides: readonly number[] = Array.isArray(shape) ? shape : [];
    if (sides.length !== 3 || !sides.every((side) => isWhole(side, 1))) {
      const got = sides === shape ? `[${sides.join(', ')}]` : shape;
      throw contractError(this, 'shape', 'height, width and channels, each 1 or more', got);
    }
    if (classes === undefined || isWhole(classes, 1)) return;
    throw contractError(this, 'classes', 'an integer of at least 1', classes);
  }

  override checkBatch(batch: ImageBatch, indices: ArrayLike<number>): void {
    checkPixels(this, batch, indices.length);
    if (this.classes !== undefined) checkLabels(this, this.classes, batch, indices);
  }
}

function checkPixels(dataset: ImageDataset, { pixels }: ImageBatch, images: number): void {
  const [height, width, channels] = dataset.shape;
  const expected = images * height * width * channels;
  if (!((pixels as unknown) instanceof Uint8Array)) {
    throw contractError(dataset, 'pixels', 'a Uint8Array', typeNameOf(pixels));
  }
  if (pixels.length === expected) return;
  const wanted = `${expected} bytes for ${images} images of ${dataset.shape.join('×')}`;
  throw contractError(dataset, 'pixels', wanted, pixels.length);
}

function checkLabels(dataset: ImageDataset, classes: number, { labels }: ImageBatch, indices: ArrayLike<number>): void {
  if (labels?.length !== indices.length) {
    throw contractError(dataset, 'labels', `${indices.length}, one for each image`, labels?.length ?? 'none');
  }
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong < 0) return;
  const subject = `label of image ${indices[wrong] ?? '?'}`;
  throw contractError(dataset, subject, `an integer from 0 to ${classes - 1}`, labels[wrong]);
}

function isWhole(number: number, min: number): boolean {
  return Number.isSafeInteger(number) && number >= min;
}
