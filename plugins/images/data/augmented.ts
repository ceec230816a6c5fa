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
  let end = 0;
  const parts = pieces.map((piece) => {
    const pixels = batch.pixels.subarray(end, (end += piece.examples * size));
    return augmentShard(pixels, shape, augmentations, random.sharded(piece));
  });
  return { ...batch, pixels: concat(parts) };
}

/** Concatenates arrays; a single one is not copied. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return first && parts.length === 1 ? first : Uint8Array.from(Buffer.concat(parts));
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
