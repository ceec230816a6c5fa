import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { scaledDotProductAttention } from '../../../framework/nn/attention';
import { MultiHeadAttention } from '../../../framework/nn/multi-head-attention';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { momentsOf, numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';
import { weightsOf } from '../../support/weights';

describe('MultiHeadAttention', () => {
  withTensorFlow();

  it("has the names, order and initial distributions of PyTorch's parameters", () => {
    const layer = new MultiHeadAttention(64, 4);
    layer.initialize(Random.fromSeed(1));
    const weights = weightsOf(layer);
    expect([...weights.keys()]).to.deep.equal(['in_proj_weight', 'in_proj_bias', 'out_proj.weight', 'out_proj.bias']);
    // xavier_uniform_ of [192, 64], and nn.Linear's own.
    const bounds = { in_proj_weight: Math.sqrt(6 / (64 + 192)), 'out_proj.weight': 1 / 8 };
    for (const [name, bound] of Object.entries(bounds)) {
      expect(momentsOf(weights.get(name)!).deviation).to.be.closeTo(bound / Math.sqrt(3), 0.03 * bound);
    }
    expect(weights.get('in_proj_bias')).to.deep.equal(new Array(192).fill(0));
    expect(weights.get('out_proj.bias')).to.deep.equal(new Array(64).fill(0));
    layer.dispose();
  });

  it('zeroes a fraction of the attention weights and keeps their mean', () => {
    // Equal scores over 4 keys, and values 1: each query has (weights kept) / 4 / (1 - 0.5).
    const [query, ones] = [tf.zeros<tf.Rank.R4>([1, 1, 2000, 2]), tf.ones<tf.Rank.R4>([1, 1, 4, 2])];
    const random = Random.fromSeed(1);
    const y = numbersOf(scaledDotProductAttention(query, ones, ones, { dropout: 0.5, random }));
    // Rounded: the softmax of equal scores is 1/4 to float32's precision only.
    expect(new Set(y.map((number) => Math.round(number * 1e5) / 1e5))).to.deep.equal(new Set([0, 0.5, 1, 1.5, 2]));
    expect(momentsOf(y).mean).to.be.closeTo(1, 0.03);
  });

  it('refuses heads that do not divide the width', () => {
    expect(() => new MultiHeadAttention(10, 3)).to.throw(UserError, '3 heads do not divide the width 10');
  });
});
