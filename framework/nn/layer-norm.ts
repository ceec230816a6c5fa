import * as tf from '../tensorflow/tf';
import { ones, zeros } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** As in PyTorch. */
const EPSILON = 1e-5;

/** Layer normalization over the last axis: Ba et al. 2016, arXiv:1607.06450. PyTorch's `nn.LayerNorm`. */
export class LayerNorm extends Module {
  /** γ: float32 [width]. */
  readonly weight: Parameter;
  /** β: float32 [width]. */
  readonly bias: Parameter;

  constructor(width: number) {
    super();
    this.weight = new Parameter([width], ones);
    this.bias = new Parameter([width], zeros);
  }

  /** γ (x - μ) / √(σ² + ε) + β. @param x float32 [..., width]; borrowed @returns the shape of x; the caller disposes */
  forward<T extends tf.Tensor>(x: T): T {
    return tf.tidy(() => {
      const deviation = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(deviation), -1, true);
      const normalized = tf.mul(deviation, tf.rsqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(normalized, this.weight.value), this.bias.value);
    });
  }
}
