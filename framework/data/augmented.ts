import type { Augmentation } from '../kinds/augmentation';
import { contractError } from '../kinds/contract';
import type { ImageBatch, ImageShape } from '../kinds/image-dataset';
import type { Random, ShardRange } from '../random/random';

/**
 * A batch after augmentations, one after the other.
 * @param batch not changed
 * @param random a stream at the step of training; each augmentation draws from a stream within it, by its place
 * @param shards where the images stand in the batch of all workers, one piece after the other; the whole of it where they are left out
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
    pixels.set(varied(batch.pixels.subarray(index, end), shape, augmentations, random.sharded(piece)), index);
    index = end;
  }
  return { ...batch, pixels };
}

function varied(
  pixels: Uint8Array,
  shape: ImageShape,
  augmentations: readonly Augmentation[],
  random: Random,
): Uint8Array {
  return augmentations.reduce((pixels, augmentation, index) => {
    const varied = augmentation.augment(pixels, shape, random.stream(String(index)));
    if ((varied as unknown) instanceof Uint8Array && varied.length === pixels.length) return varied;
    const found = `${varied.constructor.name} of ${varied.length}`;
    throw contractError(augmentation, 'augment()', `a Uint8Array of ${pixels.length}, as it was given`, found);
  }, pixels);
}
