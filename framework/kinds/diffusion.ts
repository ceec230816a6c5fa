import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';
import { checkNumbers, contractError } from './contract';
import type { Predictor } from './noise-predictor';

/** A noise level as a step of the engine has it: float32 scalars, borrowed. */
export interface TracedLevel {
  /** The time step in [0, T - 1], also between two of them. */
  readonly t: tf.Scalar;
  /** √ᾱ_t, above 0 unless the process has zero terminal SNR. */
  readonly signal: tf.Scalar;
  /** √(1 - ᾱ_t), above 0. */
  readonly noise: tf.Scalar;
}

/** What x_t is made of, as far as a network can tell: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε. */
export interface Estimate {
  readonly x0: tf.Tensor4D;
  readonly epsilon: tf.Tensor4D;
}

/** A diffusion process: how images dissolve into noise, what a network is trained for, and what its answers mean. */
export abstract class Diffusion {
  /** ᾱ_t, the share of the image's variance that is left at step t, at the indices 0 to T - 1; falling, and only the last may be 0. */
  abstract readonly alphaBar: Float64Array;

  /** T: how many steps the process has. */
  get steps(): number {
    return this.alphaBar.length;
  }

  /**
   * The training loss of a batch.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random where noise, time steps and dropout draw
   * @returns a float32 scalar; the caller disposes
   */
  abstract loss(model: Predictor, x0: tf.Tensor4D, random: Random): tf.Scalar;

  /**
   * What a network's answer says of the image and of the noise in x_t. To be called within `tf.tidy`.
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @returns float32, the shape of xt each
   */
  abstract estimate(model: Predictor, xt: tf.Tensor4D, level: TracedLevel): Estimate;
}

/** @throws UserError where ᾱ does not fall from below 1, or is 0 before the last step */
export function checkAlphaBar(diffusion: Diffusion): void {
  const { alphaBar } = diffusion;
  const steps = (alphaBar as Float64Array | undefined)?.length ?? 0;
  checkNumbers(diffusion, 'alphaBar', alphaBar, Math.max(1, steps));
  const last = alphaBar.length - 1;
  const isGood = (value: number, t: number): boolean =>
    value < (alphaBar[t - 1] ?? 1) && (value > 0 || (value === 0 && t === last));
  const wrong = alphaBar.findIndex((value, t) => !isGood(value, t));
  if (wrong < 0) return;
  const expected = `a number below ${alphaBar[wrong - 1] ?? 1}, and above 0 before the last step`;
  throw contractError(diffusion, `ᾱ at step ${wrong + 1} of ${alphaBar.length}`, expected, alphaBar[wrong]);
}
