import { type Estimate, type TracedLevel, tf } from 'explab';

/**
 * The same x_t with x̂_0 in [-bound, bound], and what that leaves for ε: (x_t - √ᾱ_t x̂_0) / √(1 - ᾱ_t). Bit for bit the same where nothing lies
 * outside. As `clip_denoised` in the code of Ho et al. 2020; static thresholding in Saharia et al. 2022, arXiv:2205.11487, section 2.3. To be
 * called within `tf.tidy`.
 * @param bound float32 scalar, borrowed; infinite to clip nothing
 */
export function clipped({ x0, epsilon }: Estimate, bound: tf.Scalar, { signal, noise }: TracedLevel): Estimate {
  const inside = tf.minimum<tf.Tensor4D>(tf.maximum(x0, tf.neg(bound)), bound);
  const outside = tf.sub(x0, inside);
  return { x0: inside, epsilon: tf.add(epsilon, tf.mul(outside, tf.div(signal, noise))) };
}
