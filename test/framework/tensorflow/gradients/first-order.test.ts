import { expect } from 'chai';
import * as tf from '../../../../framework/tensorflow/tf';
import { numbersOf } from '../../../support/close';
import { ENGINES } from '../../../support/engines';
import { withTensorFlow } from '../../../support/tensorflow';

type Function = (x: tf.Tensor) => tf.Tensor;

/** Values between -1.5 and 1.5 that depend on the shape alone; none are equal. */
function wave(...shape: number[]): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  const numbers = Array.from({ length: count }, (_, index) => 1.5 * Math.sin(1.7 * index + 0.3));
  return tf.tensor(numbers, shape);
}

const indices = () => tf.tensor2d([1, 2, 0, 1, 1, 2], [3, 2], 'int32');

/** Functions and the shape of their input. */
const CASES: Readonly<Record<string, [f: Function, ...shape: number[]]>> = {
  'einsum, first operand': [(x) => tf.einsum('bij,bjk->bik', x, wave(2, 4, 2)), 2, 3, 4],
  'einsum, second operand': [(x) => tf.einsum('ij,jk->ki', wave(2, 3), x), 3, 2],
  'einsum of itself': [(x) => tf.einsum('ij,kj->ik', x, x), 2, 3],
  'einsum of one operand, with a sum over an axis': [(x) => tf.einsum('ijk->ki', x), 2, 3, 2],
  'einsum with an axis that one operand has': [(x) => tf.einsum('ijk,k->k', x, wave(2)), 2, 2, 2],
  gatherND: [(x) => tf.gatherND(x, indices()), 2, 3],
  'gatherND of rows': [(x) => tf.gatherND(x, tf.tensor2d([1, 1, 0], [3, 1], 'int32')), 2, 3],
  scatterND: [(x) => tf.scatterND(indices(), x, [2, 3]), 3],
  stridedSlice: [(x) => tf.stridedSlice(x, [0, 3], [3, 0], [2, -1]), 3, 4],
  'stridedSlice with masks': [(x) => tf.stridedSlice(x, [1, 1], [2, 0], [1, 1], 0, 2, 0, 0, 1), 3, 4],
  'cumsum along the first axis': [(x) => tf.cumsum(x, 0), 3, 3],
  'cumsum along the middle axis, exclusive and reverse': [(x) => tf.cumsum(x, 1, true, true), 2, 3, 2],
  'cumprod along the last axis': [(x) => tf.cumprod(x, 1), 2, 4],
  'cumprod along the first axis, exclusive': [(x) => tf.cumprod(x, 0, true), 4, 2],
  'cumprod in reverse': [(x) => tf.cumprod(x, 1, false, true), 2, 4],
  'cumprod with a zero': [(x) => tf.cumprod(tf.mul(x, tf.tensor1d([1, 1, 0, 1])), 1), 2, 4],
  'cumprod of zeros': [(x) => tf.cumprod(tf.sub(x, tf.mul(wave(2, 5), tf.tensor1d([0, 1, 0, 1, 0]))), 1), 2, 5],
  'cumprod of zeros, exclusive and in reverse': [
    (x) => tf.cumprod(tf.sub(x, tf.mul(wave(2, 5), tf.tensor1d([0, 1, 0, 1, 0]))), 1, true, true),
    2,
    5,
  ],
  'mirrorPad, reflect': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 1],
        ],
        'reflect',
      ),
    3,
    2,
  ],
  'mirrorPad, symmetric': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 2],
        ],
        'symmetric',
      ),
    3,
    2,
  ],
  depthToSpace: [(x) => tf.depthToSpace(x as tf.Tensor4D, 2), 1, 1, 2, 4],
  'unstack along an axis of length 1': [(x) => tf.unstack(x)[0]!, 1, 3],
  'floorDiv, which is 0': [(x) => tf.add(x, tf.floorDiv(x, 0.75)), 2, 3],
  topk: [(x) => tf.topk(x, 2).values, 2, 5],
  'maximum with a row': [(x) => tf.maximum(x, tf.mul(wave(3, 4), 0.7)), 1, 4],
  'minimum with a scalar': [(x) => tf.minimum(tf.mul(wave(3, 4), 0.7), x), 1],
  'squaredDifference with fewer axes': [(x) => tf.squaredDifference(wave(2, 3, 4), x), 3, 4],
  'matMul of one matrix with many': [(x) => tf.matMul(x, wave(3, 4, 2)), 1, 2, 4],
  'matMul of many with one, transposed': [(x) => tf.matMul(wave(3, 4, 2), x, true, true), 3, 4],
};

/** Σ sin(i + 1) y_i². */
const lossOf = (f: Function) => (x: tf.Tensor) => {
  const y = tf.reshape(tf.square(f(x)), [-1]);
  return tf.sum(tf.mul(y, tf.sin(tf.range(1, y.size + 1))));
};

/** By central differences. */
function numericGradient(loss: Function, x: tf.Tensor): number[] {
  const h = 1e-2;
  return Array.from({ length: x.size }, (_, index) => {
    const step = tf.tensor(
      Float32Array.from({ length: x.size }, (_, other) => (other === index ? h : 0)),
      x.shape,
    );
    const [[after = NaN], [before = NaN]] = [numbersOf(loss(tf.add(x, step))), numbersOf(loss(tf.sub(x, step)))];
    return (after - before) / (2 * h);
  });
}

for (const [how, engineOf] of Object.entries(ENGINES)) {
  describe(`gradients ${how}`, () => {
    withTensorFlow();

    const run = async (f: Function, x: tf.Tensor): Promise<number[]> => {
      const engine = engineOf();
      const [y] = await engine.program('step', (x) => [f(x)]).run(x);
      engine.close();
      return numbersOf(y!);
    };

    function expectClose(actual: readonly number[], expected: readonly number[]): void {
      const largest = Math.max(1, ...expected.map(Math.abs));
      expect(actual).to.have.length(expected.length);
      for (const [index, number] of actual.entries())
        expect(number, `element ${index}`).to.be.closeTo(expected[index]!, 5e-3 * largest);
    }

    for (const [name, [f, ...shape]] of Object.entries(CASES)) {
      it(`are those of finite differences: ${name}`, async () => {
        const x = wave(...shape);
        expectClose(await run(tf.grad(lossOf(f)), x), numericGradient(lossOf(f), x));
      });

      if (!name.includes('of zeros'))
        it(`are differentiated: ${name}`, async () => {
          // The factor keeps the sine smooth enough for finite differences.
          const penalty: Function = (x) => tf.sum(tf.sin(tf.mul(tf.grad(lossOf(f))(x), 0.1)));
          const x = tf.mul(wave(...shape), 0.8);
          expectClose(await run(tf.grad(penalty), x), numericGradient(penalty, x));
        });
    }

    it('are refused for an einsum with a repeated label', async () => {
      const error = await run(
        tf.grad((x) => tf.einsum('ii->i', x)),
        wave(2, 2),
      ).catch((error: unknown) => error);
      expect(String(error)).to.contain('tf.einsum has no gradient for ii->i');
    });
  });
}
