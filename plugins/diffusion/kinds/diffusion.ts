import { checkNumbers, contractError, type Random, type tf } from 'explab';
import type { Predictor } from './noise-predictor';

/** Noise level in an engine step: float32 scalars, borrowed. */
export interface TracedLevel {
  /** Time step in [0, T - 1], possibly fractional. */
  readonly t: tf.Scalar;
  /** √ᾱ_t, above 0 unless the process has zero terminal SNR. */
  readonly signal: tf.Scalar;
  /** √(1 - ᾱ_t), above 0. */
  readonly noise: tf.Scalar;
}

/** Estimated components of x_t: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε. */
export interface Estimate {
  readonly x0: tf.Tensor4D;
  readonly epsilon: tf.Tensor4D;
}

/** Diffusion process: the forward process, the training loss, and the meaning of the network's output. */
export abstract class Diffusion {
  /** ᾱ_t, the fraction of the image's variance remaining at step t, at the indices 0 to T - 1; decreasing, and only the last may be 0. */
  abstract readonly alphaBar: Float64Array;

  /** Number of steps T. */
  get steps(): number {
    return this.alphaBar.length;
  }

  /**
   * The training loss of a batch.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random source of noise, time steps and dropout
   * @returns a float32 scalar; the caller disposes
   */
  abstract loss(model: Predictor, x0: tf.Tensor4D, random: Random): tf.Scalar;

  /**
   * Estimates image and noise in x_t from the network's output. Call it within `tf.tidy`.
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @returns float32, the shape of xt each
   */
  abstract estimate(model: Predictor, xt: tf.Tensor4D, level: TracedLevel): Estimate;
}

/** @throws UserError if ᾱ is not below 1 and decreasing, or is 0 before the last step */
export function checkAlphaBar(diffusion: Diffusion): void {
  const { alphaBar } = diffusion;
  const steps = (alphaBar as Float64Array | undefined)?.length ?? 0;
  checkNumbers(diffusion, 'alphaBar', alphaBar, Math.max(1, steps));
  const last = alphaBar.length - 1;
  const isValid = (value: number, t: number): boolean =>
    value < (alphaBar[t - 1] ?? 1) && (value > 0 || (value === 0 && t === last));
  const wrong = alphaBar.findIndex((value, t) => !isValid(value, t));
  if (wrong < 0) return;
  const expected = `a number below ${alphaBar[wrong - 1] ?? 1}, and above 0 before the last step`;
  throw contractError(diffusion, `ᾱ at step ${wrong + 1} of ${alphaBar.length}`, expected, alphaBar[wrong]);
}
