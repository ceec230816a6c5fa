import { expect } from 'chai';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import frozen from '../../reference/tensorflow-stateless.json';
import { momentsOf, numbersOf } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

const MANY = 10_000;

describe('Random', () => {
  withTensorFlow();

  const random = Random.fromSeed(1);
  const normal = (from: Random): number[] => numbersOf(from.normal([8]));

  for (const { stream, step, normal: normals, uniform } of frozen.streams) {
    it(`draws of the stream ${stream} at step ${step} what TensorFlow's Python draws`, () => {
      const [seed, ...names] = stream.split('/');
      const named = names.reduce((outer, name) => outer.stream(name), Random.fromSeed(Number(seed))).at(step);
      const shape = frozen.shape as [number, number];
      expect(numbersOf(named.normal<tf.Rank.R2>(shape))).to.deep.equal(normals.map(Math.fround));
      expect(numbersOf(named.uniform<tf.Rank.R2>(shape))).to.deep.equal(uniform.map(Math.fround));
    });
  }

  it('draws the same for the same seed, stream and step', () => {
    expect(normal(Random.fromSeed(5).stream('noise').at(3))).to.deep.equal(
      normal(Random.fromSeed(5).stream('noise').at(3)),
    );
  });

  it('draws different numbers for a different seed, stream or step', () => {
    const draws = [
      Random.fromSeed(5).stream('noise').at(3),
      Random.fromSeed(6).stream('noise').at(3),
      Random.fromSeed(5).stream('order').at(3),
      Random.fromSeed(5).stream('noise').at(4),
      Random.fromSeed(5).stream('noise').stream('noise').at(3),
    ].map((from) => normal(from).join());
    expect(new Set(draws)).to.have.length(draws.length);
  });

  it('does not depend on previous draws', () => {
    const first = normal(random.stream('a'));
    normal(random.stream('b'));
    random.stream('a').permutation(5);
    expect(normal(random.stream('a'))).to.deep.equal(first);
  });

  it('passes its step to nested streams', () => {
    expect(normal(random.at(7).stream('a'))).to.deep.equal(normal(random.stream('a').at(7)));
  });

  it('also accepts the step as a tensor', () => {
    const step = tf.scalar(7, 'int32');
    expect(normal(random.at(step))).to.deep.equal(normal(random.at(7)));
    expect(numbersOf(random.at(step).uniform([8]))).to.deep.equal(numbersOf(random.at(7).uniform([8])));
    expect(numbersOf(random.at(step).integers([8], 100))).to.deep.equal(numbersOf(random.at(7).integers([8], 100)));
    step.dispose();
  });

  it('draws at each of several steps what it draws at a single one', () => {
    const steps = tf.tensor1d([7, 2, 7], 'int32');
    const [first, second] = [7, 2].map((step) => normal(random.at(step)));
    expect(numbersOf(random.normalAtEach(steps, [8]))).to.deep.equal([...first!, ...second!, ...first!]);
    steps.dispose();
  });

  it('has a nested stream within each step, whose key TensorFlow draws', () => {
    for (const { stream, step, bits, within: forked } of frozen.within) {
      const [seed, ...names] = stream.split('/');
      const named = names.reduce((outer, name) => outer.stream(name), Random.fromSeed(Number(seed))).at(step);
      tf.tidy(() => {
        expect(numbersOf(named.fork().at(5).seeds())).to.deep.equal([bits, 5]);
        expect(numbersOf(named.fork().at(5).normal([3]))).to.deep.equal(forked.map(Math.fround));
        // A graph knows the stream by its key.
        const traced = Random.fromKey(tf.scalar(named.key, 'int32'), tf.scalar(step, 'int32')).fork();
        expect(numbersOf(traced.at(tf.scalar(5, 'int32')).normal([3]))).to.deep.equal(forked.map(Math.fround));
      });
    }
  });

  it('draws standard normal numbers', () => {
    const draws = numbersOf(random.stream('normal').normal([MANY]));
    const { mean, deviation } = momentsOf(draws);
    // Four deviations of the mean, 4 / √10,000, and of the deviation, 4 / √20,000
    expect(mean).to.be.closeTo(0, 0.04);
    expect(deviation).to.be.closeTo(1, 0.0283);
    const fourth = draws.reduce((sum, draw) => sum + draw ** 4, 0) / MANY;
    // The fourth moment of a normal distribution is 3, and of its mean over n draws the deviation √(96 / n).
    expect(fourth).to.be.closeTo(3, 4 * Math.sqrt(96 / MANY));
  });

  it('draws uniformly between two bounds', () => {
    const draws = numbersOf(random.stream('uniform').uniform([MANY], -2, 6));
    expect(Math.min(...draws)).to.be.within(-2, -1.99);
    expect(Math.max(...draws)).to.be.within(5.99, 6);
    const { mean, deviation } = momentsOf(draws);
    // The deviation of an even distribution is its width / √12.
    expect(mean).to.be.closeTo(2, (4 * 8) / Math.sqrt(12 * MANY));
    expect(deviation).to.be.closeTo(8 / Math.sqrt(12), 0.05);
  });

  it('draws integers uniformly', () => {
    const integers = random.stream('integers').integers([MANY], 10);
    expect(integers.dtype).to.equal('int32');
    const draws = numbersOf(integers);
    const counts = Array.from({ length: 10 }, (_, number) => draws.filter((draw) => draw === number).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(MANY);
    // χ² with 9 degrees of freedom is above 27.9 once in a thousand times.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).to.be.below(27.9);
  });

  it('draws only zero below one', () => {
    expect(new Set(numbersOf(random.integers([100], 1)))).to.deep.equal(new Set([0]));
  });

  it('permutes', () => {
    const order = random.permutation(100);
    expect([...order].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
    expect([...order]).to.deep.equal([...random.permutation(100)]);
    expect([...order]).not.to.deep.equal([...random.at(1).permutation(100)]);
    expect([...order]).not.to.deep.equal([...random.stream('other').permutation(100)]);
    expect([...random.permutation(0)]).to.deep.equal([]);
  });

  it('draws the permutations of three uniformly', () => {
    const orders = Array.from({ length: 6000 }, (_, step) => random.at(step).permutation(3).join(''));
    const counts = ['012', '021', '102', '120', '201', '210'].map(
      (wanted) => orders.filter((o) => o === wanted).length,
    );
    // χ² with 5 degrees of freedom is above 20.5 once in a thousand times.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).to.be.below(20.5);
  });

  it('reports that a permutation cannot take its step from a tensor', () => {
    expect(() => random.at(tf.scalar(1, 'int32')).permutation(3)).to.throw('need a number as step');
  });

  it('leaks no tensors', async () => {
    const step = tf.scalar(7, 'int32');
    expect(await tensorsKept(() => random.normal([3]).dispose())).to.equal(0);
    expect(await tensorsKept(() => random.at(step).uniform([3]).dispose())).to.equal(0);
    expect(await tensorsKept(() => random.integers([3], 5).dispose())).to.equal(0);
  });
});
