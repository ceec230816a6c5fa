import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { GroupNorm } from '../../../framework/nn/group-norm';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

describe('GroupNorm', () => {
  withTensorFlow();

  it('normalizes each group of neighbouring channels over the whole image', () => {
    const layer = new GroupNorm(2, 4);
    setWeights(layer, { weight: [1, 1, 1, 1], bias: [0, 0, 0, 0] });
    // Two pixels of four channels. The first group holds 1 3 1 3: μ = 2, σ² = 1. The second 10 20 40 50: μ = 30, σ² = 250.
    const y = layer.forward(tf.tensor4d([1, 3, 10, 20, 1, 3, 40, 50], [1, 1, 2, 4]));
    const [one, ten, twenty] = [1 / Math.sqrt(1 + 1e-5), 10 / Math.sqrt(250 + 1e-5), 20 / Math.sqrt(250 + 1e-5)];
    expectClose(y, [-one, one, -twenty, -ten, -one, one, ten, twenty]);
  });

  it('scales and shifts each channel: y = γ x̂ + β', () => {
    const layer = new GroupNorm(1, 2);
    setWeights(layer, { weight: [3, 5], bias: [10, 20] });
    const one = 1 / Math.sqrt(1 + 1e-5);
    expectClose(layer.forward(tf.tensor4d([-1, 1], [1, 1, 1, 2])), [10 - 3 * one, 20 + 5 * one], 1e-5);
  });

  it('normalizes each image by itself', () => {
    const layer = new GroupNorm(1, 2);
    setWeights(layer, { weight: [1, 1], bias: [0, 0] });
    const one = 1 / Math.sqrt(1 + 1e-5);
    const y = layer.forward(tf.tensor4d([0, 2, 1001, 999], [2, 1, 1, 2]));
    // y = x γ/σ + (β - μ γ/σ), as PyTorch computes it too: what is left of 1001 and 1000 has four digits less than float32.
    expectClose(y, [-one, one, one, -one], 1e-4);
  });

  it('gives zero where all is equal', () => {
    const layer = new GroupNorm(1, 1);
    setWeights(layer, { weight: [1], bias: [0] });
    expectClose(layer.forward(tf.fill([1, 2, 2, 1], 7)), 0);
  });

  it('keeps its digits far from zero', () => {
    const layer = new GroupNorm(1, 1);
    setWeights(layer, { weight: [1], bias: [0] });
    // The mean of squares minus the square of the mean would have none left.
    expectClose(layer.forward(tf.tensor4d([10_000, 10_002], [1, 1, 2, 1])), [-1, 1], 1e-4);
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => new GroupNorm(32, 48)).to.throw(UserError, '48 channels cannot have 32 groups');
  });

  it('keeps no tensor', async () => {
    const [layer, x] = [new GroupNorm(1, 1), tf.ones<tf.Rank.R4>([1, 2, 2, 1])];
    setWeights(layer, { weight: [1], bias: [0] });
    expect(await tensorsKept(() => layer.forward(x).dispose())).to.equal(0);
  });
});
