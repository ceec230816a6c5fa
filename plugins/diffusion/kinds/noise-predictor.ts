import { Module, type Random, type tf } from 'explab';
import type { ImageShape } from 'explab/images';

/** Predicts the noise in an image: a network, possibly conditioned on a class. */
export interface Predictor {
  /**
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @param t [batch], each in [0, T - 1]: int32 in training, float32 and possibly fractional in sampling; borrowed
   * @param random source of dropout; undefined disables it, as in sampling
   * @returns float32, the shape of xt; the caller disposes
   */
  predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random): tf.Tensor4D;
}

/**
 * Network ε_θ(x_t, t) that predicts the noise in an image, or ε_θ(x_t, t, c) conditioned on the class: options of the slot `model` of the
 * experiment `diffuse`.
 */
export abstract class NoisePredictor extends Module implements Predictor {
  /** Number of classes it is conditioned on; undefined if unconditional. */
  readonly classes: number | undefined = undefined;

  /**
   * Checks an image shape before training. Accepts every shape by default.
   * @throws UserError for an unsupported shape, naming the supported ones
   */
  checkShape(_shape: ImageShape): void {
    // Every shape is supported by default.
  }

  /**
   * As `Predictor.predict`, and:
   * @param labels int32 [batch], each in [0, classes], where `classes` means no class; undefined for no class at all; borrowed
   */
  abstract predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random, labels?: tf.Tensor1D): tf.Tensor4D;
}
