import { Module } from '../nn/module';
import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';
import type { ImageShape } from './image-dataset';

/** What tells the noise in an image: a network, or one that is told more than the image, such as its class. */
export interface Predictor {
  /**
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @param t [batch], each in [0, T - 1]: int32 while training, float32 while sampling, which may be between two steps; borrowed
   * @param random where dropout draws; without it nothing is dropped, as when sampling
   * @returns float32, the shape of xt; the caller disposes
   */
  predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random): tf.Tensor4D;
}

/**
 * A network ε_θ(x_t, t) that tells the noise in an image, or ε_θ(x_t, t, c), which is told the image's class as well. Options are found by
 * the slot `model` of the experiment `diffuse`.
 */
export abstract class NoisePredictor extends Module implements Predictor {
  /** How many classes it knows; nothing where it is told none. */
  readonly classes: number | undefined = undefined;

  /**
   * Called before anything is trained. Unless it is overridden, every shape will do.
   * @throws UserError if it cannot take images of a shape, saying which it can
   */
  checkShape(_shape: ImageShape): void {
    // Every shape will do.
  }

  /**
   * As for every `Predictor`, and:
   * @param labels int32 [batch], each in [0, classes], where `classes` stands for no class; without them no image has one; borrowed
   */
  abstract predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random, labels?: tf.Tensor1D): tf.Tensor4D;
}
