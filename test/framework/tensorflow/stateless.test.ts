import { expect } from 'chai';
import { statelessNormal, statelessUniform } from '../../../framework/tensorflow/stateless';
import * as tf from '../../../framework/tensorflow/tf';
import frozen from '../../reference/tensorflow-stateless.json';
import { numbersOf } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

describe('Stateless draws', () => {
  withTensorFlow();

  for (const { seeds, normal, uniform } of frozen.seeded) {
    it(`are those of TensorFlow's Python API for the seeds ${seeds.join(' and ')}`, () => {
      const pair = tf.tensor1d(seeds, 'int32');
      const shape = frozen.shape as [number, number];
      expect(numbersOf(statelessNormal<tf.Rank.R2>(shape, pair))).to.deep.equal(normal.map(Math.fround));
      expect(numbersOf(statelessUniform<tf.Rank.R2>(shape, pair))).to.deep.equal(uniform.map(Math.fround));
    });
  }

  it('have the requested shape, also scalar and empty', () => {
    const seeds = tf.tensor1d([1, 2], 'int32');
    for (const shape of [[], [0], [2, 3, 4]]) {
      const draws = statelessNormal(shape as [number, number, number], seeds);
      expect(draws.shape).to.deep.equal(shape);
      expect(draws.dtype).to.equal('float32');
      draws.dispose();
    }
  });

  it('leak no tensors', async () => {
    const seeds = tf.tensor1d([1, 2], 'int32');
    expect(await tensorsKept(() => statelessNormal([3], seeds).dispose())).to.equal(0);
    expect(await tensorsKept(() => statelessUniform([3], seeds).dispose())).to.equal(0);
  });
});
