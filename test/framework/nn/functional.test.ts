import { expect } from 'chai';
import { dropout, swish } from '../../../framework/nn/functional';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose, numbersOf } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

describe('swish', () => {
  withTensorFlow();

  it('is x σ(x)', () => {
    // σ(1) = 1 / (1 + 1/e) = 0.731059, σ(-2) = 1 / (1 + e²) = 0.119203
    expectClose(swish(tf.tensor1d([0, 1, -2, 40, -40])), [0, 0.731059, -0.238406, 40, 0]);
  });

  it('leaks no tensors', async () => {
    const x = tf.ones([3]);
    expect(await tensorsKept(() => swish(x).dispose())).to.equal(0);
  });
});

describe('dropout', () => {
  withTensorFlow();

  const random = Random.fromSeed(1).stream('dropout');
  const dropped = (step: number): number[] => numbersOf(dropout(tf.ones([100, 100]), 0.25, random.at(step)));

  it('sets the given fraction to zero and scales the rest, so that the mean is unchanged', () => {
    const values = dropped(1);
    const zeros = values.filter((value) => value === 0).length;
    // Of 10,000 draws: four deviations, 4 √(10,000 · ¼ · ¾) = 173
    expect(zeros).to.be.closeTo(2500, 173);
    expect(new Set(values)).to.deep.equal(new Set([0, Math.fround(4 / 3)]));
    expect(values.reduce((sum, value) => sum + value, 0) / 10_000).to.be.closeTo(1, 0.0231);
  });

  it('drops what TensorFlow itself drops with the same seeds', () => {
    for (const [count, step] of [
      [1, 1],
      [64, 2],
      [1001, 3],
      [100_000, 2 ** 31 - 1],
    ] as const) {
      const uniform = numbersOf(random.at(step).uniform([count]));
      const rate = 0.3;
      const scale = Math.fround(1 / Math.fround(1 - rate));
      const expected = uniform.map((draw) => (draw >= Math.fround(rate) ? scale : 0));
      expect(numbersOf(dropout(tf.ones([count]), rate, random.at(step)))).to.deep.equal(expected);
    }
  });

  it('drops different elements at a different step, and the same at the same step', () => {
    expect(dropped(1)).to.deep.equal(dropped(1));
    expect(dropped(1)).not.to.deep.equal(dropped(2));
  });

  it('is the identity without randomness, or at a rate of zero', () => {
    expectClose(dropout(tf.tensor1d([1, -2, 3]), 0.9, undefined), [1, -2, 3]);
    expectClose(dropout(tf.tensor1d([1, -2, 3]), 0, random), [1, -2, 3]);
  });

  it('returns a new tensor even if it drops nothing', () => {
    const x = tf.ones([3]);
    dropout(x, 0.5, undefined).dispose();
    expectClose(x, 1);
  });

  it('passes gradients for the values that it passes', () => {
    const gradient = tf.grad((x) => dropout(x, 0.5, random).sum())(tf.ones([20]));
    expectClose(gradient, numbersOf(dropout(tf.ones([20]), 0.5, random)));
  });

  it('leaks no tensors', async () => {
    const x = tf.ones([3]);
    expect(await tensorsKept(() => dropout(x, 0.5, random).dispose())).to.equal(0);
    expect(await tensorsKept(() => dropout(x, 0.5, undefined).dispose())).to.equal(0);
  });
});
