import type { Random } from 'explab';
import type { ImageDataset, ImageShape } from './image-dataset';

/**
 * Random transformation of each image of a batch that keeps its meaning, to enlarge the training set. It is a function of the stream and
 * its step alone, so that a resumed run sees the same variants. Its conformance suite is in
 * 'explab/images/testing'.
 */
export abstract class Augmentation {
  /**
   * @param pixels uint8 [n, height, width, channels]; not modified
   * @param shape of each image
   * @param random its own stream at the training step. Draws are made in JavaScript: per-image draws by one call of `uniforms`, equally
   *   many for each image in order, so that a worker with part of a batch draws the same values for it
   * @returns new bytes of the same shape
   */
  abstract augment(pixels: Uint8Array, shape: ImageShape, random: Random): Uint8Array;

  /**
   * Checks a dataset before any data is opened. Accepts every dataset by default.
   * @throws UserError if the augmentation would change the meaning of the images
   */
  check(_dataset: ImageDataset): void {
    // Most augmentations suit every dataset.
  }
}
