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

/** Normal draws with mean 0 and a standard deviation, as `torch.nn.init.normal_`; GPT-2 has 0.02. */
export function normal(deviation: number): Initializer {
  return (shape, random) => tf.tidy(() => tf.mul(random.normal([...shape]), deviation));
}

/** Glorot and Bengio 2010, eq. 16, as `torch.nn.init.xavier_uniform_`: the variance is 2 / (fanIn + fanOut). */
export function xavierUniform(fanIn: number, fanOut: number): Initializer {
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return (shape, random) => random.uniform([...shape], -bound, bound);
}

/** He et al. 2015, eq. 10, for layers before a ReLU, as `torch.nn.init.kaiming_uniform_`: the variance is 2 / fanIn. */
export function kaimingUniform(fanIn: number): Initializer {
  const bound = Math.sqrt(6 / fanIn);
  return (shape, random) => random.uniform([...shape], -bound, bound);
}
