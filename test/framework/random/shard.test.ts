import { expect } from 'chai';
import { dropout } from '../../../framework/nn/functional';
import { Random } from '../../../framework/random/random';
import type { Engine } from '../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../../framework/tensorflow/tf';
import { numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';

/** A draw with some examples along its first axis. */
type Draw = (random: Random, examples: number) => tf.Tensor;

const draws: Readonly<Record<string, Draw>> = {
  'normal numbers': (random, examples) => random.normal([examples, 4, 5]),
  'uniform numbers': (random, examples) => random.uniform([examples, 8], -1, 1),
  integers: (random, examples) => random.integers([examples], 1000),
  // 3 numbers an example: a share begins within what one counter of the generator gives.
  'numbers of odd size': (random, examples) => random.normal([examples, 3]),
  dropout: (random, examples) => dropout(tf.ones([examples, 4, 4]), 0.5, random),
  'dropout of odd size': (random, examples) => dropout(tf.ones([examples, 3]), 0.5, random),
};

describe('The draws for a shard of a batch', () => {
  withTensorFlow();

  let engine: Engine;
  beforeEach(() => (engine = new GraphEngine({})));
  afterEach(() => engine.close());

  async function drawn(draw: () => tf.Tensor): Promise<number[]> {
    const [result] = await engine.program('draw', () => [draw()]).run();
    return numbersOf(result!);
  }

  for (const [what, draw] of Object.entries(draws)) {
    it(`are bit-identical to those for it in the whole batch: ${what}`, async () => {
      const random = Random.fromSeed(1).stream('train').at(7);
      const whole = await drawn(() => draw(random, 6));
      const shares = [0, 2, 4].map((first) => random.sharded({ examples: 2, first }));
      const concatenated: number[] = [];
      for (const share of shares) concatenated.push(...(await drawn(() => draw(share, 2))));
      expect(concatenated).to.deep.equal(whole);
    });
  }

  it('are the same for all shards if they are not per example', async () => {
    const random = Random.fromSeed(1).stream('train');
    const share = random.sharded({ examples: 2, first: 4 });
    expect(await drawn(() => share.normal([3]))).to.deep.equal(await drawn(() => random.normal([3])));
  });

  it('are also bit-identical in nested streams, and at other steps', async () => {
    const random = Random.fromSeed(1);
    const share = random.sharded({ examples: 1, first: 1 }).at(3).stream('t');
    const whole = await drawn(() => random.at(3).stream('t').normal([2, 4]));
    expect(await drawn(() => share.normal([1, 4]))).to.deep.equal(whole.slice(4));
  });
});
