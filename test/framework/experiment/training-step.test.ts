import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { CompiledStep } from '../../../framework/experiment/training/compiled-step';
import type { Divergence } from '../../../framework/experiment/training/divergence';
import { Learner } from '../../../framework/experiment/training/learner';
import { LossScale } from '../../../framework/experiment/training/loss-scale';
import type { StepBody } from '../../../framework/experiment/training/step-body';
import { type Loss, TrainingStep } from '../../../framework/experiment/training/training-step';
import { Optimizer, type OptimizerVariable, type Update } from '../../../framework/kinds/optimizer';
import { Linear } from '../../../framework/nn/linear';
import type { Parameter } from '../../../framework/nn/parameter';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { ENGINES } from '../../support/engines';
import type { Engine } from '../../../framework/tensorflow/engine';
import { rejection } from '../../support/rejection';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights, weightsIn } from '../../support/weights';

/** Gradient descent: θ - α g. */
class Descent extends Optimizer {
  readonly variables: OptimizerVariable[] = [];
  parameters: readonly Parameter[] = [];

  initialize(parameters: readonly Parameter[]): void {
    this.parameters = parameters;
  }

  apply(gradients: ReadonlyMap<Parameter, tf.Tensor>, { learningRate }: Update): void {
    for (const [parameter, gradient] of gradients) {
      tf.tidy(() => parameter.state.assign(parameter.value.sub(gradient.mul(learningRate))));
    }
  }
}

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`TrainingStep, ${how}`, () => {
    withTensorFlow();

    let engine: Engine;

    const random = Random.fromSeed(1);
    const learningRate = 0.01;
    let model: Linear;

    beforeEach(() => {
      engine = make();
      model = new Linear(1, 1);
      setWeights(model, { weight: [2], bias: [1] });
    });
    afterEach(() => {
      engine.close();
      model.dispose();
    });

    const squared: Loss<[x: tf.Tensor2D]> = ([x]) => tf.tidy(() => model.forward(x).square().mean());
    const stepOf = (loss: Loss<[x: tf.Tensor2D]>, optimizer = new Descent()): TrainingStep<[x: tf.Tensor2D]> =>
      new TrainingStep({ engine, model, optimizer, loss, random });

    async function expectWeights(weight: number, bias: number): Promise<void> {
      const weights = await weightsIn(engine, model);
      expect(weights.get('weight')![0]).to.be.closeTo(weight, 1e-6);
      expect(weights.get('bias')![0]).to.be.closeTo(bias, 1e-6);
    }

    it('returns the loss before the update and passes the gradients to the optimizer', async () => {
      // L = (2·3 + 1)² = 49, ∂L/∂w = 2 · 7 · 3 = 42, ∂L/∂b = 14
      expect((await stepOf(squared).run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate })).loss).to.equal(49);
      await expectWeights(2 - 0.42, 1 - 0.14);
    });

    it('passes the parameters of the model to the optimizer', () => {
      const optimizer = new Descent();
      stepOf(squared, optimizer);
      expect(optimizer.parameters).to.deep.equal([model.weight, model.bias]);
    });

    it('leaves a parameter unchanged if the loss does not depend on it', async () => {
      const onlyBias: Loss<[x: tf.Tensor2D]> = () => tf.tidy(() => model.bias.value.square().sum());
      await stepOf(onlyBias).run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate });
      await expectWeights(2, 0.98);
    });

    it('clips the gradients by their global norm if configured to', async () => {
      // The gradients are 42 and 14; together their norm is √(42² + 14²) = 44.272, so clipped to 1 they are 0.94868 and 0.31623.
      const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss: squared, random, maxNorm: 1 });
      await step.run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate });
      await expectWeights(2 - 0.0094868, 1 - 0.0031623);
    });

    it('accumulates the gradients of the whole batch over micro-batches', async () => {
      const step = new TrainingStep({
        engine,
        model,
        optimizer: new Descent(),
        loss: squared,
        random,
        microBatches: 2,
      });
      // w = 2, b = 1: y = 3 5 7 9, L = 41, ∂L/∂w = mean(2 y x) = 2 · (3 + 10 + 21 + 36) / 4 = 35, ∂L/∂b = 2 · 24 / 4 = 12
      const x = tf.tensor2d([1, 2, 3, 4], [4, 1]);
      expect((await step.run([x], { step: 1, learningRate })).loss).to.be.closeTo(41, 1e-5);
      await expectWeights(2 - 0.35, 1 - 0.12);
      // The sums begin anew: w = 1.65, b = 0.88, y = 2.53 4.18 5.83 7.48, ∂L/∂w = 29.15, ∂L/∂b = 10.01
      await step.run([x], { step: 2, learningRate });
      await expectWeights(1.65 - 0.2915, 0.88 - 0.1001);
    });

    it('computes the gradients of a step without an update, over micro-batches too', async () => {
      const learner = new Learner({ model, optimizer: new Descent() });
      const body: StepBody<[x: tf.Tensor2D]> = ([x], context) => {
        context.minimize(learner, () => squared([x], context.random));
        return undefined;
      };
      for (const microBatches of [1, 2]) {
        const step = new CompiledStep({ engine, learners: [learner], body, random, microBatches });
        const gradients = await step.gradients([tf.tensor2d([1, 2, 3, 4], [4, 1])], 1);
        // As above.
        expect([...gradients.values()].map(([value]) => value)).to.deep.equal([35, 12]);
      }
      await expectWeights(2, 1);
    });

    it('halves the loss scale until nothing overflows, and the update is the same as without it', async () => {
      const lossScale = new LossScale(2 ** 127);
      const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss: squared, random, lossScale });
      // L = 49 < 2⁶, so 2¹²² is the largest power of two that leaves L times the scale below 2¹²⁸.
      expect((await step.run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate })).loss).to.equal(49);
      await expectWeights(2 - 0.42, 1 - 0.14);
      expect(await engine.read([lossScale.variable])).to.deep.equal([Float32Array.of(2 ** 122, 1)]);
    });

    it('doubles the loss scale after some updates without an overflow', async () => {
      const lossScale = new LossScale(8, 2);
      const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss: squared, random, lossScale });
      const scales: number[] = [];
      for (let number = 1; number <= 4; number++) {
        await step.run([tf.tensor2d([3], [1, 1])], { step: number, learningRate });
        scales.push((await engine.read([lossScale.variable]))[0]![0]!);
      }
      expect(scales).to.deep.equal([8, 16, 16, 32]);
    });

    it('draws different random numbers at each step, and the same at the same step', async () => {
      const noisy: Loss<[x: tf.Tensor2D]> = ([x], at) =>
        tf.tidy(() =>
          model
            .forward(x)
            .mul<tf.Tensor>(at.stream('noise').normal<tf.Rank.R1>([1]))
            .sum(),
        );
      const losses: number[] = [];
      for (const step of [1, 2, 1]) {
        losses.push((await stepOf(noisy).run([tf.tensor2d([3], [1, 1])], { step, learningRate: 0 })).loss);
      }
      expect(losses[0]).to.equal(losses[2]);
      expect(losses[0]).not.to.equal(losses[1]);
    });

    for (const factor of [NaN, Infinity]) {
      it(`stops if the loss is ${factor}, and leaves the parameters unchanged`, async () => {
        const broken: Loss<[x: tf.Tensor2D]> = ([x]) => tf.tidy(() => model.forward(x).mul(factor).sum());
        const error = await rejection(stepOf(broken).run([tf.tensor2d([3], [1, 1])], { step: 7, learningRate }));
        expect(error).to.be.instanceOf(UserError);
        expect((error as UserError).text).to.equal(
          `The loss is not finite at step 7: training has diverged.\n` +
            '  The update was not applied. Try a learning rate below 0.01.',
        );
        await expectWeights(2, 1);
      });
    }

    it('stops if only a gradient is not finite, names the parameter, and leaves the parameters unchanged', async () => {
      // √|b - 1| is 0 at b = 1, and so is the loss; its slope there is infinite.
      const steep: Loss<[x: tf.Tensor2D]> = ([x]) =>
        tf.tidy(() => tf.add(model.bias.value.sub(1).abs().sqrt().sum(), model.weight.value.mul(x).sum()));
      const error = (await rejection(
        stepOf(steep).run([tf.tensor2d([3], [1, 1])], { step: 7, learningRate }),
      )) as Divergence;
      expect(error.message).to.equal('The gradient of bias is not finite at step 7: training has diverged.');
      expect(error.notFinite).to.deep.equal({ loss: 6, parameters: ['bias'] });
      await expectWeights(2, 1);
    });

    it('stops before the update if only one micro-batch has a gradient that is not finite', async () => {
      const steep: Loss<[x: tf.Tensor2D]> = ([x]) => tf.tidy(() => model.forward(x).sub(3).abs().sqrt().sum());
      const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss: steep, random, microBatches: 2 });
      // Of x = 0 and 1 the second is at the corner: 2 · 1 + 1 = 3.
      const error = (await rejection(step.run([tf.tensor2d([0, 1], [2, 1])], { step: 7, learningRate }))) as Divergence;
      expect(error.notFinite.parameters).to.deep.equal(['weight', 'bias']);
      await expectWeights(2, 1);
    });

    it('reports the global norm of the gradients before they are clipped', async () => {
      // √(42² + 14²) = 44.27189
      const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss: squared, random, maxNorm: 1 });
      const { gradientNorm } = await step.run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate });
      expect(gradientNorm).to.be.closeTo(44.27189, 1e-4);
    });

    it('suggests a fix if memory runs out, and leaves the parameters unchanged', async () => {
      const huge: Loss<[x: tf.Tensor2D]> = ([x], at) =>
        tf.tidy(() =>
          tf.add(
            model.forward(x).sum(),
            at
              .stream('noise')
              .normal<tf.Rank.R2>([2 ** 21, 2 ** 21])
              .sum(),
          ),
        );
      const error = (await rejection(
        stepOf(huge).run([tf.tensor2d([3], [1, 1])], { step: 7, learningRate }),
      )) as UserError;
      expect(error.text).to.match(/^Out of memory in a step with a batch of 1\.\n.*microBatches=4/);
      await expectWeights(2, 1);
    });

    it('leaks no tensors, also if it stops', async () => {
      const x = tf.tensor2d([3], [1, 1]);
      const step = stepOf(squared);
      // The first run moves the parameters into the session.
      await step.run([x], { step: 1, learningRate });
      expect(await tensorsKept(() => step.run([x], { step: 1, learningRate }))).to.equal(0);
      const broken = stepOf(([inputs]) => tf.tidy(() => model.forward(inputs).mul(NaN).sum()));
      expect(await tensorsKept(() => rejection(broken.run([x], { step: 1, learningRate })))).to.equal(0);
    });
  });
}

describe('TrainingStep with JavaScript state', () => {
  withTensorFlow();

  it('is refused in a graph, where the state would never change', async () => {
    const [engine, model] = [ENGINES['in a graph']!(), new Linear(1, 1)];
    setWeights(model, { weight: [2], bias: [1] });
    let count = 0;
    const loss: Loss<[x: tf.Tensor2D]> = ([x]) => tf.mul(model.forward(x).square().mean(), ++count);
    const step = new TrainingStep({ engine, model, optimizer: new Descent(), loss, random: Random.fromSeed(1) });
    const error = await rejection(step.run([tf.tensor2d([3], [1, 1])], { step: 1, learningRate: 0.1 }));
    expect(String(error)).to.match(/traced twice: train\.\S+ has value 1, then value 2\.$/);
    engine.close();
    model.dispose();
  });
});
