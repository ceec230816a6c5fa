import type { Augmentation } from '../kinds/augmentation';
import { contractError, type Random, type ShardRange } from 'explab';
import type { ImageBatch, ImageShape } from '../kinds/image-dataset';

/**
 * Applies augmentations to a batch in order.
 * @param batch not modified
 * @param random a stream at the step of training; each augmentation draws from a sub-stream by its index
 * @param shards ranges of the images in the batch of all workers, in order; the whole batch by default
 */
export function augmented(
  batch: ImageBatch,
  shape: ImageShape,
  augmentations: readonly Augmentation[],
  random: Random,
  shards?: readonly ShardRange[],
): ImageBatch {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const pieces = shards ?? [{ examples: batch.pixels.length / size, first: 0 }];
  const pixels = new Uint8Array(batch.pixels.length);
  let index = 0;
  for (const piece of pieces) {
    const end = index + piece.examples * size;
    pixels.set(augmentShard(batch.pixels.subarray(index, end), shape, augmentations, random.sharded(piece)), index);
    index = end;
  }
  return { ...batch, pixels };
}

function augmentShard(
  pixels: Uint8Array,
  shape: ImageShape,
  augmentations: readonly Augmentation[],
  random: Random,
): Uint8Array {
  return augmentations.reduce((pixels, augmentation, index) => {
    const result = augmentation.augment(pixels, shape, random.stream(String(index)));
    if ((result as unknown) instanceof Uint8Array && result.length === pixels.length) return result;
    const actual = `${result.constructor.name} of ${result.length}`;
    throw contractError(augmentation, 'augment()', `a Uint8Array of ${pixels.length}, as passed in`, actual);
  }, pixels);
}
