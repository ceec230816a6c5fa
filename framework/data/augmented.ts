import type { Augmentation } from '../kinds/augmentation';
import type { ImageBatch, ImageShape } from '../kinds/image-dataset';
import type { Random } from '../random/random';

/**
 * A batch after augmentations, one after the other.
 * @param batch not changed
 * @param random a stream at the step of training; each augmentation draws from a stream within it, by its place
 */
export function augmented(
  batch: ImageBatch,
  shape: ImageShape,
  augmentations: readonly Augmentation[],
  random: Random,
): ImageBatch {
  const pixels = augmentations.reduce(
    (pixels, augmentation, place) => augmentation.augment(pixels, shape, random.stream(String(place))),
    batch.pixels,
  );
  return { ...batch, pixels };
}
