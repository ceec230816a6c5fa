import { expect } from 'chai';
import { GRU } from '../../../framework/nn/gru';
import { LSTM } from '../../../framework/nn/lstm';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose, momentsOf, numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';
import { weightsOf } from '../../support/weights';

const sequence = (time: number, first = 0): tf.Tensor3D =>
  tf.sin(tf.range(first, first + 2 * time)).reshape([1, time, 2]);

describe('recurrent layers', () => {
  withTensorFlow();

  it("have the names and the initial distribution of PyTorch's parameters", () => {
    for (const layer of [new LSTM(50, 64), new GRU(50, 64)]) {
      layer.initialize(Random.fromSeed(1));
      const weights = weightsOf(layer);
      expect([...weights.keys()]).to.deep.equal(['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0']);
      // uniform between ±1/√64
      for (const numbers of weights.values()) {
        expect(Math.max(...numbers.map(Math.abs))).to.be.within(0.95 / 8, 1 / 8);
        expect(momentsOf(numbers).deviation).to.be.closeTo(1 / 8 / Math.sqrt(3), 0.006);
      }
      layer.dispose();
    }
  });

  it('continue from a state', () => {
    const [lstm, gru] = [new LSTM(2, 3), new GRU(2, 3)];
    for (const layer of [lstm, gru]) layer.initialize(Random.fromSeed(1));
    const last = (output: tf.Tensor3D): tf.Tensor2D =>
      tf.reshape(tf.slice(output, [0, output.shape[1] - 1, 0]), [1, 3]);
    const [before, after] = [sequence(2), sequence(3, 4)];
    const state = lstm.forward(before).state;
    expectClose(last(lstm.forward(after, state).output), numbersOf(last(lstm.forward(sequence(5)).output)));
    const h = last(gru.forward(before));
    expectClose(last(gru.forward(after, h)), numbersOf(last(gru.forward(sequence(5)))));
    for (const layer of [lstm, gru]) layer.dispose();
  });
});
