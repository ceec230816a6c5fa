import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';
import type { NoisePredictor } from './noise-predictor';

/** A diffusion process: how images dissolve into noise, what a network is trained for, and one step of the way back. */
export abstract class Diffusion {
  /** T: how many steps the process has. */
  abstract readonly steps: number;

  /**
   * The training loss of a batch.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random where noise, time steps and dropout draw
   * @returns a float32 scalar; the caller disposes
   */
  abstract loss(model: NoisePredictor, x0: tf.Tensor4D, random: Random): tf.Scalar;

  /**
   * One step of the reverse process: draws x_{t-1} given x_t.
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @param t int32 [batch], each in [0, T); borrowed
   * @param random where the noise draws
   * @returns float32, the shape of xt; the caller disposes
   */
  abstract pSample(model: NoisePredictor, xt: tf.Tensor4D, t: tf.Tensor1D, random: Random): tf.Tensor4D;
}
