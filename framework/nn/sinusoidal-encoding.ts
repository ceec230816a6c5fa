import * as tf from '../tensorflow/tf';

/**
 * Positional encoding of Vaswani et al. 2017, arXiv:1706.03762, section 3.5: sin(p / 10000^(2i/width)) at 2i, its cosine at 2i + 1.
 * @returns float32 [length, width]; the caller disposes
 */
export function sinusoidalEncoding(length: number, width: number): tf.Tensor2D {
  const valueAt = (position: number, channel: number): number => {
    const isOdd = channel % 2 === 1;
    const angle = position / 10000 ** ((isOdd ? channel - 1 : channel) / width);
    return isOdd ? Math.cos(angle) : Math.sin(angle);
  };
  const values = Float32Array.from({ length: length * width }, (_, index) =>
    valueAt(Math.floor(index / width), index % width),
  );
  return tf.tensor2d(values, [length, width]);
}
