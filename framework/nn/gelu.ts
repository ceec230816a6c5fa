import * as tf from '../tensorflow/tf';

/**
 * Gaussian error linear unit: x Φ(x). Hendrycks and Gimpel 2016, arXiv:1606.08415.
 * @param approximate Φ by its erf, as PyTorch's default, or by the paper's tanh, as GPT-2 has it
 * @returns the caller disposes
 */
export function gelu<T extends tf.Tensor>(x: T, approximate: 'none' | 'tanh' = 'none'): T {
  return tf.tidy(() => tf.mul(tf.mul(x, 0.5), tf.add(1, approximate === 'tanh' ? tanhOf(x) : erfOf(x))));
}

/** erf(x / √2) = 2 Φ(x) - 1. */
function erfOf(x: tf.Tensor): tf.Tensor {
  return tf.erf(tf.mul(x, Math.SQRT1_2));
}

/** tanh(√(2/π) (x + 0.044715 x³)) ≈ erf(x / √2). */
function tanhOf(x: tf.Tensor): tf.Tensor {
  const cube = tf.mul(tf.mul(x, x), tf.mul(x, 0.044715));
  return tf.tanh(tf.mul(tf.add(x, cube), Math.sqrt(2 / Math.PI)));
}
