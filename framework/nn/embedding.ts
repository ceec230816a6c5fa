import * as tf from '../tensorflow/tf';
import { type Initializer, normal } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** A table with a vector for each index: PyTorch's `nn.Embedding`, with its initial values, N(0, 1). */
export class Embedding extends Module {
  /** float32 [count, width]. */
  readonly weight: Parameter;

  constructor(count: number, width: number, initializer: Initializer = normal(1)) {
    super();
    this.weight = new Parameter([count, width], initializer);
  }

  /** @param indices int32 [...], each in [0, count); borrowed @returns float32 [..., width]; the caller disposes */
  forward<R extends tf.Rank = tf.Rank>(indices: tf.Tensor): tf.Tensor<R> {
    return tf.gather(this.weight.value, indices) as tf.Tensor<R>;
  }
}
