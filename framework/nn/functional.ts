import type { Random } from '../random/random';
import { canFuse, fusedDropout } from '../tensorflow/fused';
import { withExplicitGradient } from '../tensorflow/gradients/explicit-gradient';
import { float32Operation } from '../tensorflow/operation';
import * as tf from '../tensorflow/tf';

/**
 * Swish, also called SiLU: x σ(x). Ramachandran et al. 2017, arXiv:1710.05941.
 *
 * Its gradient, σ(x) + y (1 - σ(x)), is explicit: differentiating each op takes more passes and more memory.
 * @returns the caller disposes
 */
export function swish<T extends tf.Tensor>(x: T): T {
  return withExplicitGradient([x], {
    compute: ([x], save) => {
      const sigmoid = tf.sigmoid(x as tf.Tensor);
      const value = tf.mul(x as tf.Tensor, sigmoid);
      save([sigmoid, value]);
      const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [, s, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        return [tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s))))];
      };
      return { value, gradient };
    },
    formula: ([x]) => tf.mul(x as tf.Tensor, tf.sigmoid(x as tf.Tensor)),
  }) as T;
}

/**
 * x + b, b along the last axis, using the operation that TensorFlow fuses with the preceding convolution or product.
 * @param x float32 [..., channels]; borrowed
 * @param bias float32 [channels]; borrowed
 * @returns the shape of x; the caller disposes
 */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor): T {
  return withExplicitGradient([x, bias], {
    compute: (inputs) => ({
      value: float32Operation('BiasAdd', inputs),
      gradient: (dy) => [dy.clone(), float32Operation('BiasAddGrad', [dy])],
    }),
    formula: ([x, bias]) => tf.add(x as tf.Tensor, bias as tf.Tensor),
  }) as T;
}

/**
 * Dropout: zeroes a fraction of the elements and scales the others by 1 / (1 - rate), to keep the mean.
 * @param random source of the choice; undefined disables dropout, as in sampling
 * @returns the shape of x; the caller disposes
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, random: Random | undefined): T {
  if (!random || rate === 0) return tf.clone(x);
  return tf.tidy(() => {
    const first = random.counterOffset(x.shape);
    if (canFuse() && first % 4 === 0) return fusedDropout(x, random.seeds(), rate, first) as T;
    const kept = tf.greaterEqual(random.uniform(x.shape), rate);
    return tf.mul<T>(x, tf.div(tf.cast(kept, 'float32'), 1 - rate));
  });
}
