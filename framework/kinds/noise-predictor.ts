import { Module } from '../nn/module';
import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';

/** A network ε_θ(x_t, t) that tells the noise in an image. Options are found by the slot `model` of the experiment `diffuse`. */
export abstract class NoisePredictor extends Module {
  /**
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @param t [batch], each in [0, T - 1]: int32 while training, float32 while sampling, which may be between two steps; borrowed
   * @param random where dropout draws; without it nothing is dropped, as when sampling
   * @returns float32, the shape of xt; the caller disposes
   */
  abstract predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random): tf.Tensor4D;
}
