import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** From TensorFlow's [height, width, out, in] to PyTorch's [in, out, height, width]. */
const HWOI_TO_IOHW = [3, 2, 0, 1];

/**
 * A transposed convolution that doubles height and width: PyTorch's `nn.ConvTranspose2d` with kernel 4, stride 2 and padding 1, which
 * equals TensorFlow's 'same' padding.
 */
export class ConvTranspose2d extends Module {
  /** float32 [4, 4, outputs, inputs]. */
  readonly weight: Parameter;
  /** float32 [outputs]. */
  readonly bias: Parameter;

  constructor(
    inputs: number,
    private readonly outputs: number,
  ) {
    super();
    // PyTorch counts the fan-in of a transposed convolution over its outputs.
    const fanIn = outputs * 4 * 4;
    this.weight = new Parameter([4, 4, outputs, inputs], uniformByFanIn(fanIn), HWOI_TO_IOHW);
    this.bias = new Parameter([outputs], uniformByFanIn(fanIn));
  }

  /**
   * @param x float32 [batch, height, width, inputs]; borrowed
   * @returns float32 [batch, 2 height, 2 width, outputs]; the caller disposes
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, height, width] = x.shape;
      const shape: [number, number, number, number] = [batch, 2 * height, 2 * width, this.outputs];
      const y = tf.conv2dTranspose(x, this.weight.value as tf.Tensor4D, shape, 2, 'same');
      return addBias(y, this.bias.value);
    });
  }
}
