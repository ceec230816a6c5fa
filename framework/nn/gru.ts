import { scan } from '../tensorflow/scan';
import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** Gated recurrent unit: PyTorch's `nn.GRU` with `batch_first=True`, one layer, one direction. */
export class GRU extends Module {
  /** The gates r, z and n: float32 [3 hidden, inputs]. */
  readonly weightIhL0: Parameter;
  /** float32 [3 hidden, hidden]. */
  readonly weightHhL0: Parameter;
  /** float32 [3 hidden]. */
  readonly biasIhL0: Parameter;
  /** float32 [3 hidden]. */
  readonly biasHhL0: Parameter;

  constructor(
    inputs: number,
    private readonly hidden: number,
  ) {
    super();
    const initializer = uniformByFanIn(hidden);
    this.weightIhL0 = new Parameter([3 * hidden, inputs], initializer);
    this.weightHhL0 = new Parameter([3 * hidden, hidden], initializer);
    this.biasIhL0 = new Parameter([3 * hidden], initializer);
    this.biasHhL0 = new Parameter([3 * hidden], initializer);
  }

  /**
   * @param x float32 [batch, time, inputs]; borrowed
   * @param initial float32 [batch, hidden], zeros by default; borrowed
   * @returns h at every step: float32 [batch, time, hidden]; the caller disposes
   */
  forward(x: tf.Tensor3D, initial?: tf.Tensor2D): tf.Tensor3D {
    return tf.tidy(() => {
      const { hidden } = this;
      const [batch, time, inputs] = x.shape;
      // The product of all inputs at once: only that of the state depends on the step before.
      const rows = tf.reshape<tf.Rank.R2>(tf.transpose(x, [1, 0, 2]), [time * batch, inputs]);
      const weight = this.weightIhL0.value as tf.Tensor2D;
      const projected = addBias(tf.matMul(rows, weight, false, true), this.biasIhL0.value);
      const gates = tf.reshape(projected, [time, batch, 3 * hidden]);
      const constants = [this.weightHhL0.value, this.biasHhL0.value];
      const states = scan(initial ?? tf.zeros([batch, hidden]), gates, constants, step) as tf.Tensor3D;
      return tf.transpose(states, [1, 0, 2]);
    });
  }
}

/** @param h float32 [batch, hidden] @param input float32 [batch, 3 hidden] @param weight float32 [3 hidden, hidden] */
function step(h: tf.Tensor, input: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const recurrent = addBias(tf.matMul(h as tf.Tensor2D, weight as tf.Tensor2D, false, true), bias);
  const [inputR, inputZ, inputN] = tf.split(input, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [recurrentR, recurrentZ, recurrentN] = tf.split(recurrent, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const z = tf.sigmoid(tf.add(inputZ, recurrentZ));
  const n = tf.tanh(tf.add(inputN, tf.mul(tf.sigmoid(tf.add(inputR, recurrentR)), recurrentN)));
  // (1 - z) n + z h
  return tf.add(n, tf.mul(z, tf.sub(h, n)));
}
