import { expect } from 'chai';
import * as tf from '../../../../../framework/tensorflow/tf';
import { AttentionBlock } from '../../../../../plugins/diffusion/models/unet/attention-block';
import { expectClose } from '../../../../support/close';
import { tensorsKept, withTensorFlow } from '../../../../support/tensorflow';
import { fillWeights } from '../../../../support/weights';

const CHANNELS = 4;

/** A matrix of zeros but for some elements, as one list. */
function matrix(rows: number, elements: readonly [row: number, column: number, value: number][]): number[] {
  const values = Array.from({ length: rows * CHANNELS }, () => 0);
  for (const [row, column, value] of elements) values[row * CHANNELS + column] = value;
  return values;
}

describe('AttentionBlock', () => {
  withTensorFlow();

  /** With q₀ = x₀, k₀ = x₁, v₀ = 2 x₀, and half of what was attended to as output; all else is zero. */
  function block(): AttentionBlock {
    const weights: Record<string, number[]> = {
      'projection.weight': matrix(3 * CHANNELS, [
        [0, 0, 1],
        [CHANNELS, 1, 1],
        [2 * CHANNELS, 0, 2],
      ]),
      'output.weight': matrix(CHANNELS, [[0, 0, 0.5]]),
    };
    const attention = new AttentionBlock(CHANNELS, { groups: 2, heads: 1, headSize: undefined });
    fillWeights(attention, (name, shape) => weights[name] ?? Array.from({ length: shape[0]! }, () => 0));
    return attention;
  }

  it('adds softmax(Q Kᵀ / √d) V to its input', () => {
    const x = tf.tensor4d([1, 1, 0, 0, 2, 0, 0, 0], [1, 1, 2, 4]);
    // Pixel a looks with q = 1 at k = 1 and 0: softmax(½, 0) = 0.622459, 0.377541, so 0.622459 · 2 + 0.377541 · 4 = 2.755081.
    // Pixel b looks with q = 2: softmax(1, 0) = 0.731059, 0.268941, so 2.537883. Half of it is added.
    expectClose(block().forward(x), [2.377541, 1, 0, 0, 3.268941, 0, 0, 0]);
  });

  it('has independent heads, each with adjacent queries, keys and values', () => {
    // Two heads of two channels: the first as above, with d = 2; the second has q₀ = x₂, which is 0, so it takes the mean of v₀ = x₀.
    const weights: Record<string, number[]> = {
      'projection.weight': matrix(3 * CHANNELS, [
        [0, 0, 1],
        [2, 1, 1],
        [4, 0, 2],
        [6, 2, 1],
        [8, 1, 1],
        [10, 0, 1],
      ]),
      'output.weight': matrix(CHANNELS, [
        [0, 0, 0.5],
        [3, 2, 1],
      ]),
    };
    const attention = new AttentionBlock(CHANNELS, { groups: 2, heads: 2, headSize: undefined });
    fillWeights(attention, (name, shape) => weights[name] ?? Array.from({ length: shape[0]! }, () => 0));
    const x = tf.tensor4d([1, 1, 0, 0, 2, 0, 0, 0], [1, 1, 2, 4]);
    // softmax(1/√2, 0) = 0.669762, 0.330238, so (0.669762 · 2 + 0.330238 · 4) / 2 = 1.330238 is added;
    // softmax(2/√2, 0) = 0.804429, 0.195571, so 1.195571. The other head adds (1 + 2) / 2 = 1.5 to the last channel.
    expectClose(attention.forward(x), [2.330238, 1, 0, 1.5, 3.195571, 0, 0, 1.5]);
  });

  it('attends only to pixels of the same image', () => {
    const x = tf.tensor4d([1, 1, 0, 0, 2, 0, 0, 0], [2, 1, 1, 4]);
    // A single pixel attends to itself: v / 2 = x₀
    expectClose(block().forward(x), [2, 1, 0, 0, 4, 0, 0, 0]);
  });

  it('attends along both axes of the image', () => {
    const row = block().forward(tf.tensor4d([1, 1, 0, 0, 2, 0, 0, 0], [1, 1, 2, 4]));
    const column = block().forward(tf.tensor4d([1, 1, 0, 0, 2, 0, 0, 0], [1, 2, 1, 4]));
    expectClose(column, [...row.dataSync()]);
  });

  it('leaks no tensors', async () => {
    const [attention, x] = [block(), tf.ones<tf.Rank.R4>([1, 2, 2, 4])];
    expect(await tensorsKept(() => attention.forward(x).dispose())).to.equal(0);
  });
});
