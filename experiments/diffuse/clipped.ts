import type { Estimate, TracedLevel } from 'explab/diffusion';
import { tf } from 'explab';

/**
 * Clips x̂_0 to [-bound, bound] and adjusts ε for the same x_t: (x_t - √ᾱ_t x̂_0) / √(1 - ᾱ_t). Bit-identical if nothing is clipped. As
 * `clip_denoised` in the code of Ho et al. 2020; static thresholding in Saharia et al. 2022, arXiv:2205.11487, section 2.3. Call it
 * within `tf.tidy`.
 * @param bound float32 scalar, borrowed; infinite for no clipping
 */
export function clipped({ x0, epsilon }: Estimate, bound: tf.Scalar, { signal, noise }: TracedLevel): Estimate {
  const inside = tf.minimum<tf.Tensor4D>(tf.maximum(x0, tf.neg(bound)), bound);
  const outside = tf.sub(x0, inside);
  return { x0: inside, epsilon: tf.add(epsilon, tf.mul(outside, tf.div(signal, noise))) };
}
