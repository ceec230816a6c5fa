import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import type { Workers } from '../../../framework/experiment/distributed/workers';
import type { Divergence } from '../../../framework/experiment/training/divergence';
import { TrainingStep } from '../../../framework/experiment/training/training-step';
import { BatchNorm } from '../../../framework/nn/batch-norm';
import { Random } from '../../../framework/random/random';
import type { Engine } from '../../../framework/tensorflow/engine';
import * as tf from '../../../framework/tensorflow/tf';
import { SGD, SGDSettings } from '../../../plugins/optimizers/sgd';
import torch from '../../reference/torch-layers.json';
import { largestError, numbersOf } from '../../support/close';
import { ENGINES } from '../../support/engines';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

type Inputs = [x: tf.Tensor];

/** As in torch_layers.py. */
const example = (shape: number[], offset = 0): tf.Tensor => {
  const size = shape.reduce((product, side) => product * side, 1);
  const numbers = Array.from({ length: size }, (_, i) => 2 * Math.sin(1.7 * i) + 0.1 + offset);
  return tf.tensor(numbers, shape);
};

/** A worker of two, whose shares of each batch are equal. */
const ONE_OF_TWO = {
  count: 2,
  isChief: true,
  collective: {
    allReduceSum: (tensors: tf.Tensor[]) => tensors.map((tensor) => tf.mul(tensor, 2)),
    withDependencies: (tensor: tf.Tensor) => tensor,
  },
  shardOf: (examples: number) => ({ examples, first: 0 }),
  step: (work: Promise<unknown>) => work,
} as unknown as Workers;

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`BatchNorm, ${how}`, () => {
    withTensorFlow();

    let engine: Engine;
    let layer: BatchNorm;

    beforeEach(() => {
      engine = make();
      layer = new BatchNorm(3);
      layer.initialize(Random.fromSeed(1));
    });
    afterEach(() => {
      engine.close();
      layer.dispose();
    });

    const stepOf = (
      loss: (inputs: Inputs) => tf.Scalar,
      options: { microBatches?: number; workers?: Workers } = {},
    ): TrainingStep<Inputs> => {
      const optimizer = new SGD(settingsOf(SGDSettings, { momentum: 0 }));
      return new TrainingStep({ engine, model: layer, optimizer, loss, random: Random.fromSeed(1), ...options });
    };
    const trained = ([x]: Inputs): tf.Scalar => tf.tidy(() => layer.forward(x, true).square().mean());
    const at = { step: 1, learningRate: 0.1 };

    /** Running mean and variance. */
    async function statistics(): Promise<number[][]> {
      const read = await engine.read([layer.runningMean.state, layer.runningVar.state]);
      return read.map((numbers) => [...numbers]);
    }

    async function expectStatistics(expected: readonly number[][]): Promise<void> {
      const [mean, variance] = await statistics();
      expect(largestError(mean!, expected[0]!)).to.be.below(1e-6);
      expect(largestError(variance!, expected[1]!)).to.be.below(1e-6);
    }

    for (const [name, shape] of [
      ['BatchNorm of [n, c] in training', [5, 3]],
      ['BatchNorm of [n, h, w, c] in training', [2, 2, 3, 3]],
    ] as const) {
      it(`updates its running statistics as PyTorch does, ${name}`, async () => {
        const step = stepOf(trained);
        await step.run([example([...shape], 1)], at);
        await step.run([example([...shape])], at);
        await expectStatistics(torch[name].buffers);
      });
    }

    it('updates them from one forward pass after the other', async () => {
      const step = stepOf(([x]) => tf.tidy(() => tf.add(trained([tf.add(x, 1)]), trained([x]))));
      await step.run([example([5, 3])], at);
      await expectStatistics(torch['BatchNorm of [n, c] in training'].buffers);
    });

    it('takes the mean over micro-batches, and over workers', async () => {
      // Per channel, the micro-batches have the means 1 and 5, and the unbiased variances 2 and 18.
      const x = tf.tensor2d(
        [0, 2, 2, 8].flatMap((value) => [value, value, value]),
        [4, 3],
      );
      const step = stepOf(trained, { microBatches: 2 });
      await step.run([x], at);
      await expectStatistics([Array(3).fill(0.3), Array(3).fill(0.9 + 1)]);
      await stepOf(trained, { microBatches: 2, workers: ONE_OF_TWO }).run([x], at);
      // 0.9 · 0.3 + 0.1 · 3, 0.9 · 1.9 + 0.1 · 10
      await expectStatistics([Array(3).fill(0.57), Array(3).fill(2.71)]);
      await stepOf(trained, { workers: ONE_OF_TWO }).run([tf.tensor2d([1, 1, 1, 3, 3, 3], [2, 3])], at);
      // 0.9 · 0.57 + 0.1 · 2, 0.9 · 2.71 + 0.1 · 2
      await expectStatistics([Array(3).fill(0.713), Array(3).fill(2.639)]);
    });

    it('keeps them in an evaluation, and in a loss that is computed but not minimized', async () => {
      const program = engine.program('evaluate', (x) => [layer.forward(x, false), trained([x])]);
      const [y] = await program.run(example([5, 3]));
      // The initial statistics are 0 and 1.
      expect(largestError(numbersOf(y!), numbersOf(tf.div(example([5, 3]), Math.sqrt(1 + 1e-5))))).to.be.below(1e-6);
      expect(await statistics()).to.deep.equal([
        [0, 0, 0],
        [1, 1, 1],
      ]);
    });

    it('keeps them in a step that fails, which names a buffer that would not be finite', async () => {
      const before = await statistics();
      const nan = await rejection(stepOf(trained).run([example([5, 3], NaN)], at));
      expect((nan as Error).message).to.equal('The loss is not finite at step 1: training has diverged.');
      // x² overflows: σ² = ∞ and y = 0.
      const huge = tf.mul(example([5, 3]), 1e25);
      for (const microBatches of [1, 5]) {
        const inputs = microBatches === 1 ? huge : tf.tile(huge, [2, 1]);
        const error = (await rejection(stepOf(trained, { microBatches }).run([inputs], at))) as Divergence;
        expect(error.message).to.equal('The buffer running_var is not finite at step 1: training has diverged.');
        expect(error.notFinite).to.deep.equal({ loss: 0, parameters: [], buffers: ['running_var'] });
      }
      expect(await statistics()).to.deep.equal(before);
    });

    it('refuses a single value per channel in training', async () => {
      const error = await rejection(stepOf(trained).run([tf.ones([1, 3])], at));
      expect(error).to.be.instanceOf(UserError);
      expect((error as Error).message).to.equal(
        'Batch normalization in training: expected several values per channel, got x [1, 3].',
      );
    });

    it('leaks no tensors, also if the step fails', async () => {
      const step = stepOf(trained);
      const [x, nan] = [example([5, 3]), example([5, 3], NaN)];
      await step.run([x], at);
      await rejection(step.run([nan], at));
      expect(await tensorsKept(() => step.run([x], at))).to.equal(0);
      expect(await tensorsKept(() => rejection(step.run([nan], at)))).to.equal(0);
    });
  });
}
