import type { Random } from '../random/random';
import type { ImageDataset, ImageShape } from './image-dataset';

/**
 * Another version of each image of a batch, as good as the image itself, so that a model sees more images than there are. What is drawn is
 * a function of the stream and its step alone, so that a resumed run goes on with the same versions. The conformance suite is
 * test/contracts/augmentation.ts.
 */
export abstract class Augmentation {
  /**
   * @param pixels uint8 [n, height, width, channels]; not changed
   * @param shape of each image
   * @param random where it draws: a stream of its own, at the step of training. Its draws are made in JavaScript: those for single images by
   *   one call of `fractions`, as many for each, in their order, so that a worker which has some of a batch draws the same for them
   * @returns new bytes of the same shape
   */
  abstract augment(pixels: Uint8Array, shape: ImageShape, random: Random): Uint8Array;

  /**
   * Called before any data is looked for. Unless it is overridden, every dataset will do.
   * @throws UserError where the images of the dataset would become others than they stand for
   */
  check(_dataset: ImageDataset): void {
    // Most change nothing that matters.
  }
}
