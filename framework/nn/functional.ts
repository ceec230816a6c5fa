import type { Random } from '../random/random';
import * as tf from '../tensorflow/tf';

/** Swish, also called SiLU: x σ(x). Ramachandran et al. 2017, arXiv:1710.05941. @returns the caller disposes */
export function swish<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => tf.mul<T>(x, tf.sigmoid(x)));
}

/**
 * Sets a share of the elements to zero and scales the others by 1 / (1 - rate), so that the mean stays.
 * @param random where the choice comes from; without it x passes as it is, as when sampling
 * @returns the shape of x; the caller disposes
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, random: Random | undefined): T {
  if (!random || rate === 0) return tf.clone(x);
  return tf.tidy(() => {
    const kept = tf.greaterEqual(random.uniform(x.shape), rate);
    return tf.mul<T>(x, tf.div(tf.cast(kept, 'float32'), 1 - rate));
  });
}
