import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** y = x Wᵀ + b, initialized as PyTorch's `nn.Linear`. */
export class Linear extends Module {
  /** float32 [outputs, inputs]. */
  readonly weight: Parameter;
  /** float32 [outputs]. */
  readonly bias: Parameter;

  constructor(inputs: number, outputs: number) {
    super();
    this.weight = new Parameter([outputs, inputs], uniformByFanIn(inputs));
    this.bias = new Parameter([outputs], uniformByFanIn(inputs));
  }

  /** @param x float32 [batch, inputs]; borrowed @returns float32 [batch, outputs]; the caller disposes */
  forward(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => addBias(tf.matMul(x, this.weight.value as tf.Tensor2D, false, true), this.bias.value));
  }
}
