import { contractError, typeNameOf } from '../kinds/contract';
import type { ImageBatch, ImageDataset } from '../kinds/image-dataset';

/**
 * Reads images and checks them against the contract of `ImageDataset`. The framework's only way to read images, so that training,
 * held-out sets, workers and metrics all reject the same faults.
 * @param dataset open
 * @param indices each in [0, count)
 * @throws UserError naming the dataset, and the invalid image, if any
 */
export async function readImages(dataset: ImageDataset, indices: ArrayLike<number>): Promise<ImageBatch> {
  const batch = await dataset.read(indices);
  checkPixels(dataset, batch, indices.length);
  if (dataset.classes !== undefined) checkLabels(dataset, dataset.classes, batch, indices);
  return batch;
}

/**
 * Checks the properties of an open dataset.
 * @throws UserError if a number is not whole, or out of range
 */
export function checkDataset(dataset: ImageDataset): void {
  const { count, shape, classes } = dataset;
  if (!isWhole(count, 0)) throw contractError(dataset, 'count', 'an integer of at least 0', count);
  const sides: readonly number[] = Array.isArray(shape) ? shape : [];
  if (sides.length !== 3 || !sides.every((side) => isWhole(side, 1))) {
    throw contractError(
      dataset,
      'shape',
      'height, width and channels, each 1 or more',
      sides === shape ? `[${sides.join(', ')}]` : shape,
    );
  }
  if (classes === undefined || isWhole(classes, 1)) return;
  throw contractError(dataset, 'classes', 'an integer of at least 1', classes);
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
