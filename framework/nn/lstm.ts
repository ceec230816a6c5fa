import { scan } from '../tensorflow/scan';
import * as tf from '../tensorflow/tf';
import { addBias } from './functional';
import { uniformByFanIn } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** State of an LSTM after a sequence. */
export interface LSTMState {
  /** float32 [batch, hidden]. */
  readonly h: tf.Tensor2D;
  /** float32 [batch, hidden]. */
  readonly c: tf.Tensor2D;
}

/** Long short-term memory: PyTorch's `nn.LSTM` with `batch_first=True`, one layer, one direction. */
export class LSTM extends Module {
  /** The gates i, f, g and o: float32 [4 hidden, inputs]. */
  readonly weightIhL0: Parameter;
  /** float32 [4 hidden, hidden]. */
  readonly weightHhL0: Parameter;
  /** float32 [4 hidden]. */
  readonly biasIhL0: Parameter;
  /** float32 [4 hidden]. */
  readonly biasHhL0: Parameter;

  constructor(
    inputs: number,
    private readonly hidden: number,
  ) {
    super();
    const initializer = uniformByFanIn(hidden);
    this.weightIhL0 = new Parameter([4 * hidden, inputs], initializer);
    this.weightHhL0 = new Parameter([4 * hidden, hidden], initializer);
    this.biasIhL0 = new Parameter([4 * hidden], initializer);
    this.biasHhL0 = new Parameter([4 * hidden], initializer);
  }

  /**
   * @param x float32 [batch, time, inputs]; borrowed
   * @param initial zeros by default; borrowed
   * @returns h at every step: float32 [batch, time, hidden], and the last state; the caller disposes
   */
  forward(x: tf.Tensor3D, initial?: LSTMState): { output: tf.Tensor3D; state: LSTMState } {
    const [output, h, c] = tf.tidy(() => {
      const { hidden } = this;
      const [batch, time, inputs] = x.shape;
      // The product of all inputs at once, [time, batch, 4 hidden]: only that of the state depends on the step before.
      const rows = tf.reshape<tf.Rank.R2>(tf.transpose(x, [1, 0, 2]), [time * batch, inputs]);
      const bias = tf.add(this.biasIhL0.value, this.biasHhL0.value);
      const projected = addBias(tf.matMul(rows, this.weightIhL0.value as tf.Tensor2D, false, true), bias);
      const start = initial ? tf.concat([initial.h, initial.c], 1) : tf.zeros([batch, 2 * hidden]);
      const gates = tf.reshape(projected, [time, batch, 4 * hidden]);
      const states = scan(start, gates, [this.weightHhL0.value], step) as tf.Tensor3D;
      const hs = tf.slice(states, [0, 0, 0], [time, batch, hidden]);
      const last = tf.reshape<tf.Rank.R2>(tf.slice(states, [time - 1, 0, 0], [1, batch, 2 * hidden]), [
        batch,
        2 * hidden,
      ]);
      return [tf.transpose(hs, [1, 0, 2]), ...tf.split(last, 2, 1)] as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D];
    });
    return { output, state: { h, c } };
  }
}

/** @param state h and c: float32 [batch, 2 hidden] @param input float32 [batch, 4 hidden] @param weight float32 [4 hidden, hidden] */
function step(state: tf.Tensor, input: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [h, c] = tf.split(state, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  const gates = tf.add(input, tf.matMul(h, weight as tf.Tensor2D, false, true));
  const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return tf.concat([tf.mul<tf.Tensor2D>(tf.sigmoid(o), tf.tanh(next)), next as tf.Tensor2D], 1);
}
