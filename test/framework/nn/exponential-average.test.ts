import { expect } from 'chai';
import { ExponentialAverage } from '../../../framework/nn/exponential-average';
import { Linear } from '../../../framework/nn/linear';
import type { Engine } from '../../../framework/tensorflow/engine';
import * as tf from '../../../framework/tensorflow/tf';
import diffusers from '../../reference/diffusers-average.json';
import { largestError } from '../../support/close';
import { ENGINES } from '../../support/engines';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`ExponentialAverage, ${how}`, () => {
    withTensorFlow();

    let engine: Engine;
    let model: Linear;

    beforeEach(() => {
      engine = make();
      model = new Linear(1, 1);
      setWeights(model, { weight: [100], bias: [100] });
    });
    afterEach(() => {
      engine.close();
      model.dispose();
    });

    const averageOf = (decay: number): ExponentialAverage => new ExponentialAverage([model.weight, model.bias], decay);

    /** Gives the weight values one after the other, as updates do. @returns the average after each */
    async function follow(average: ExponentialAverage, weights: readonly number[], first = 1): Promise<number[]> {
      const program = engine.program('update', (weight, step) => {
        model.weight.state.assign(tf.reshape(weight, [1, 1]));
        average.update(step as tf.Scalar);
        return [];
      });
      const averages: number[] = [];
      for (const [index, weight] of weights.entries()) {
        await program.run(tf.scalar(weight), tf.scalar(first + index));
        averages.push((await engine.read([average.variables.get(model.weight)!]))[0]![0]!);
      }
      return averages;
    }

    it('starts at the weights after the first update, and forgets gradually', async () => {
      // d = 0, 2/11, 3/12: 2, 2/11 · 2 + 9/11 · 1, 1/4 · 1.181818 + 3/4 · 4
      const averages = await follow(averageOf(0.9999), [2, 1, 4]);
      expect(largestError(averages, [2, 1.181818, 3.295455])).to.be.below(1e-6);
    });

    it('has the given decay after enough updates', async () => {
      // Update 100,001 has n = 100,000 before it: (1 + n) / (10 + n) = 0.99991, so d = 0.9999
      const average = averageOf(0.9999);
      await follow(average, [1]);
      const [next] = await follow(average, [1001], 100_001);
      expect(next).to.be.closeTo(1 + 1e-4 * 1000, 1e-6);
    });

    for (const [decay, averages] of Object.entries(diffusers.averages)) {
      it(`equals that of diffusers, with a decay of ${decay}`, async () => {
        const followed = await follow(averageOf(Number(decay)), diffusers.weights);
        expect(largestError(followed, averages)).to.be.below(1e-6);
      });
    }

    it('replaces the weights on request, and only then', async () => {
      const average = averageOf(0.9999);
      await follow(average, [2, 1]);
      const output = (around: (code: () => tf.Tensor) => tf.Tensor) =>
        engine.program('forward', (x) => [around(() => model.forward(x as tf.Tensor2D))]);
      const numbers: number[] = [];
      for (const around of [(code: () => tf.Tensor) => average.withAverages(code), (code: () => tf.Tensor) => code()]) {
        const [y] = await output(around).run(tf.tensor2d([3], [1, 1]));
        numbers.push((await y!.data())[0]!);
      }
      // 3 · 1.181818 + 100, and 3 · 1 + 100
      expect(largestError(numbers, [103.545455, 103])).to.be.below(1e-4);
    });

    it('restores the weights if code fails', async () => {
      const average = averageOf(0.9999);
      const fail = () => {
        throw new Error('no luck');
      };
      expect(() => average.withAverages(fail)).to.throw('no luck');
      const [weights] = await engine.read([model.weight.state]);
      expect([...weights!]).to.deep.equal([100]);
    });

    it('resets to the current weights', async () => {
      const average = averageOf(0.9999);
      await average.reset(engine);
      expect(await engine.read([...average.variables.values()])).to.deep.equal([
        Float32Array.of(100),
        Float32Array.of(100),
      ]);
    });

    it('leaks no tensors', async () => {
      const average = averageOf(0.9999);
      await follow(average, [1, 2]);
      const program = engine.program('update', (step) => {
        average.update(step as tf.Scalar);
        return [];
      });
      const step = tf.scalar(3);
      await program.run(step);
      expect(await tensorsKept(() => program.run(step))).to.equal(0);
    });
  });
}
