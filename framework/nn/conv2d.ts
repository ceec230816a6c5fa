import { loadedTensorFlow } from '../tensorflow/load';
import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
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

/** Number of kernel elements from which oneDNN's convolution takes longer to reorder the kernel than to multiply by it. */
const LARGE_KERNEL_ELEMENTS = 2 ** 21;

/** Whether a matrix product is faster than TensorFlow's convolution on a CPU: a large kernel and few positions. */
function isKernelDominated([batch, height, width]: tf.Tensor4D['shape'], kernel: tf.Tensor4D): boolean {
  return kernel.size >= LARGE_KERNEL_ELEMENTS && batch * height * width <= kernel.shape[3] && !loadedTensorFlow().gpu;
}

/**
 * A convolution with stride 1 that keeps the size, as one matrix product: each position's neighbourhood is a row.
 * @param x float32 [batch, height, width, inputs]; borrowed
 * @param kernel float32 [size, size, inputs, outputs], the size odd; borrowed
 * @returns float32 [batch, height, width, outputs]; the caller disposes
 */
export function convolveByProduct(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width, inputs] = x.shape;
    const [size, , , outputs] = kernel.shape;
    const sides: [number, number] = [(size - 1) / 2, (size - 1) / 2];
    const padded = tf.pad4d(x, [[0, 0], sides, sides, [0, 0]]);
    const offsets = Array.from(
      { length: size * size },
      (_, index) => [Math.floor(index / size), index % size] as const,
    );
    const shifted = offsets.map(([i, j]) => tf.slice4d(padded, [0, i, j, 0], [batch, height, width, inputs]));
    const rows = tf.reshape<tf.Rank.R2>(tf.concat(shifted, 3), [batch * height * width, size * size * inputs]);
    const columns = tf.reshape<tf.Rank.R2>(kernel, [size * size * inputs, outputs]);
    return tf.reshape(tf.matMul(rows, columns), [batch, height, width, outputs]);
  });
}

/** A convolution with a square kernel, padded and initialized as PyTorch's `nn.Conv2d`. */
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
      return addBias(this.convolve(x, kernel), this.bias.value);
    });
  }

  private convolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const [size] = this.weight.shape;
    // 'same' equals PyTorch's padding at stride 1; with a larger stride it pads the other side, so zeros are added explicitly.
    if (this.stride === 1 && size === 2 * this.padding + 1) {
      return isKernelDominated(x.shape, kernel) ? convolveByProduct(x, kernel) : tf.conv2d(x, kernel, 1, 'same');
    }
    const sides: [number, number] = [this.padding, this.padding];
    const padded = this.padding === 0 ? x : tf.pad4d(x, [[0, 0], sides, sides, [0, 0]]);
    return tf.conv2d(padded, kernel, this.stride, 'valid');
  }
}
