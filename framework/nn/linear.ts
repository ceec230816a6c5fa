import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { type Initializer, uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

interface LinearOptions {
  /** PyTorch's by default. */
  readonly weightInitializer?: Initializer;
  /** PyTorch's by default. */
  readonly biasInitializer?: Initializer;
}

/** y = x Wᵀ + b, along the last axis, initialized as PyTorch's `nn.Linear`. */
export class Linear extends Module {
  /** float32 [outputs, inputs]. */
  readonly weight: Parameter;
  /** float32 [outputs]. */
  readonly bias: Parameter;

  constructor(
    private readonly inputs: number,
    private readonly outputs: number,
    { weightInitializer = uniformByFanIn(inputs), biasInitializer = uniformByFanIn(inputs) }: LinearOptions = {},
  ) {
    super();
    this.weight = new Parameter([outputs, inputs], weightInitializer);
    this.bias = new Parameter([outputs], biasInitializer);
  }

  /** @param x float32 [..., inputs]; borrowed @returns float32 [..., outputs]; the caller disposes */
  forward<T extends tf.Tensor>(x: T): T {
    return tf.tidy(() => {
      const rows = x.rank === 2 ? (x as tf.Tensor) : tf.reshape(x, [-1, this.inputs]);
      const y = addBias(tf.matMul(rows as tf.Tensor2D, this.weight.value as tf.Tensor2D, false, true), this.bias.value);
      return (x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), this.outputs])) as T;
    });
  }
}
