import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** From TensorFlow's [length, in, out] to PyTorch's [out, in, length]. */
const LIO_TO_OIL = [2, 1, 0];

interface ConvolutionOptions {
  readonly stride?: number;
  /** Zeros added on both sides. */
  readonly padding?: number;
}

/** A convolution along a sequence, padded and initialized as PyTorch's `nn.Conv1d`. */
export class Conv1d extends Module {
  /** float32 [kernel, inputs, outputs]. */
  readonly weight: Parameter;
  /** float32 [outputs]. */
  readonly bias: Parameter;
  private readonly stride: number;
  private readonly padding: number;

  constructor(inputs: number, outputs: number, kernel: number, { stride = 1, padding = 0 }: ConvolutionOptions = {}) {
    super();
    const fanIn = inputs * kernel;
    this.weight = new Parameter([kernel, inputs, outputs], uniformByFanIn(fanIn), LIO_TO_OIL);
    this.bias = new Parameter([outputs], uniformByFanIn(fanIn));
    this.stride = stride;
    this.padding = padding;
  }

  /**
   * @param x float32 [batch, length, inputs]; borrowed
   * @returns float32 [batch, (length + 2 padding - kernel) / stride + 1, outputs]; the caller disposes
   */
  forward(x: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const { padding } = this;
      const padded =
        padding === 0
          ? x
          : tf.pad3d(x, [
              [0, 0],
              [padding, padding],
              [0, 0],
            ]);
      const y = tf.conv1d(padded, this.weight.value as tf.Tensor3D, this.stride, 'valid');
      return addBias(y, this.bias.value);
    });
  }
}
