import * as tf from '../tensorflow/tf';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** From TensorFlow's [height, width, in, out] to PyTorch's [out, in, height, width]. */
const HWIO_TO_OIHW = [3, 2, 0, 1];

interface ConvolutionOptions {
  readonly stride?: number;
  /** Zeros added on every side, as PyTorch counts them. */
  readonly padding?: number;
}

/** A convolution with a square kernel, padded and initialised as PyTorch's `nn.Conv2d`. */
export class Conv2d extends Module {
  /** float32 [kernel, kernel, inputs, outputs]. */
  readonly weight: Parameter;
  /** float32 [outputs]. */
  readonly bias: Parameter;
  private readonly stride: number;
  private readonly padding: number;

  constructor(inputs: number, outputs: number, kernel: number, { stride = 1, padding = 0 }: ConvolutionOptions = {}) {
    super();
    const fanIn = inputs * kernel * kernel;
    this.weight = new Parameter([kernel, kernel, inputs, outputs], uniformByFanIn(fanIn), HWIO_TO_OIHW);
    this.bias = new Parameter([outputs], uniformByFanIn(fanIn));
    this.stride = stride;
    this.padding = padding;
  }

  /**
   * @param x float32 [batch, height, width, inputs]; borrowed
   * @returns float32 [batch, (height + 2 padding - kernel) / stride + 1, likewise, outputs]; the caller disposes
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const kernel = this.weight.value as tf.Tensor4D;
      return tf.add(this.convolve(x, kernel), this.bias.value);
    });
  }

  private convolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const [size] = this.weight.shape;
    // 'same' is PyTorch's padding where nothing is skipped; with a stride it pads the other side, so there the zeros are added first.
    if (this.stride === 1 && size === 2 * this.padding + 1) return tf.conv2d(x, kernel, 1, 'same');
    const sides: [number, number] = [this.padding, this.padding];
    const padded = this.padding === 0 ? x : tf.pad4d(x, [[0, 0], sides, sides, [0, 0]]);
    return tf.conv2d(padded, kernel, this.stride, 'valid');
  }
}
