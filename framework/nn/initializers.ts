import type { Random } from '../random/random';
import * as tf from '../tensorflow/tf';

/** Draws a parameter's initial value. @returns float32 of that shape; the caller disposes */
export type Initializer = (shape: readonly number[], random: Random) => tf.Tensor;

export const zeros: Initializer = (shape) => tf.fill([...shape], 0);

export const ones: Initializer = (shape) => tf.fill([...shape], 1);

/**
 * PyTorch's default for weights and biases of linear and convolution layers: U(-1/√fanIn, 1/√fanIn), which is
 * He et al. 2015 (arXiv:1502.01852) with a = √5 for a weight.
 */
export function uniformByFanIn(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(fanIn);
  return (shape, random) => random.uniform([...shape], -bound, bound);
}
