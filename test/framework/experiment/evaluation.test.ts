import { expect } from 'chai';
import { Evaluation } from '../../../framework/experiment/evaluation/evaluation';
import * as tf from '../../../framework/tensorflow/tf';
import { ENGINES } from '../../support/engines';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

type Inputs = [x: tf.Tensor1D];

async function* batches(...all: number[][]): AsyncGenerator<Inputs> {
  for (const numbers of all) yield await Promise.resolve<Inputs>([tf.tensor1d(numbers)]);
}

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`an evaluation, ${how}`, () => {
    withTensorFlow();

    it('is the mean over all examples, whatever their batch sizes', async () => {
      const engine = make();
      const evaluation = new Evaluation(engine, ([x]: Inputs) => ({ value: tf.clone(x), square: tf.square(x) }));
      // (1 + 2 + 3 + 10) / 4, (1 + 4 + 9 + 100) / 4
      expect(await evaluation.run(batches([1, 2, 3], [10]))).to.deep.equal({ value: 4, square: 28.5 });
      expect(await evaluation.run(batches([5]))).to.deep.equal({ value: 5, square: 25 });
      engine.close();
    });

    it('leaks no tensors', async () => {
      const engine = make();
      const evaluation = new Evaluation(engine, ([x]: Inputs) => ({ square: tf.square(x) }));
      await evaluation.run(batches([1, 2]));
      expect(await tensorsKept(() => evaluation.run(batches([1, 2], [3])))).to.equal(0);
      engine.close();
    });
  });
}
