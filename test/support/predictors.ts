import * as tf from '../../framework/tensorflow/tf';
import { NoisePredictor } from '../../plugins/diffusion/kinds/noise-predictor';

/** A predictor without parameters, which tells what it is told to. */
export class Telling extends NoisePredictor {
  /** The time steps that it was asked about. */
  readonly asked: number[] = [];

  constructor(private readonly tell: (xt: tf.Tensor4D, t: tf.Tensor1D) => tf.Tensor4D) {
    super();
  }

  predict(xt: tf.Tensor4D, t: tf.Tensor1D): tf.Tensor4D {
    this.asked.push(...t.dataSync());
    return tf.tidy(() => this.tell(xt, t));
  }
}
