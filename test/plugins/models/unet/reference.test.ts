import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { TrainingStep } from '../../../../framework/experiment/training-step';
import { Optimizer, type OptimizerVariable } from '../../../../framework/kinds/optimizer';
import type { Parameter } from '../../../../framework/nn/parameter';
import type { Engine } from '../../../../framework/tensorflow/engine';
import { Random } from '../../../../framework/random/random';
import * as tf from '../../../../framework/tensorflow/tf';
import { Variable } from '../../../../framework/tensorflow/variable';
import { UNet, UNetSettings } from '../../../../plugins/models/unet';
import { Adam, AdamSettings } from '../../../../plugins/optimizers/adam';
import labml from '../../../reference/labml-unet.json';
import { largestError, numbersOf } from '../../../support/close';
import { settingsOf } from '../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';
import { ENGINES } from '../../../support/engines';
import { type Weight, fillWeights, torchNumbers, torchShape, weightsIn } from '../../../support/weights';

/** What test/reference/labml_unet.py says of a parameter. A gradient of zero is one that is nothing but rounding in float32. */
interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  readonly gradientNorm: number | null;
  readonly gradient: readonly number[] | null;
  readonly weightSum: number | null;
}

/**
 * How many times as far from the exact result as PyTorch's float32 ours may be: two ways to round the same sums differ by as much
 * as each is off, and one frozen case is no maximum.
 */
const TIMES_PYTORCH = 8;

/** sin(0.37 i² + phase) for the flat index i, as in labml_unet.py. */
function waves(count: number, phase: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(0.37 * (i * i) + phase));
}

const product = (sides: readonly number[]): number => sides.reduce((a, b) => a * b, 1);

const weight: Weight = (name, shape, place) => {
  const values = waves(product(shape), place);
  if (/norm\d?\.weight$/.test(name)) return values.map((value) => 1 + 0.1 * value);
  if (shape.length === 1) return values.map((value) => 0.1 * value);
  const root = Math.sqrt(product(shape.slice(1)));
  return values.map((value) => value / root);
};

/** Images by their numbers in PyTorch's order, and back. */
function imagesOf(channels: number, phase: number): tf.Tensor4D {
  const shape: [number, number, number, number] = [labml.batch, channels, labml.side, labml.side];
  return tf.tidy(() => tf.transpose(tf.tensor4d(waves(product(shape), phase), shape), [0, 2, 3, 1]));
}
const inOrder = (images: tf.Tensor4D): number[] => numbersOf(tf.tidy(() => tf.transpose(images, [0, 3, 1, 2])));

/** The square root of a sum of squares. */
const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** An optimizer that only remembers the gradients. */
class Gradients extends Optimizer {
  readonly variables: OptimizerVariable[] = [];
  private readonly known = new Set<Parameter>();

  initialize(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const variable = new Variable(`${parameter.name}.gradient`, parameter.shape);
      tf.tidy(() => variable.assign(tf.zeros([...parameter.shape])));
      this.variables.push({ variable, parameter });
    }
  }

  apply(gradients: ReadonlyMap<Parameter, tf.Tensor>): void {
    for (const { variable, parameter } of this.variables) {
      const gradient = gradients.get(parameter);
      if (!gradient) continue;
      variable.assign(gradient);
      this.known.add(parameter);
    }
  }

  /** The gradients in PyTorch's order, by the name of the parameter, where it has one. */
  async numbers(engine: Engine): Promise<Map<string, number[]>> {
    const known = this.variables.filter(({ parameter }) => this.known.has(parameter));
    const values = await engine.read(known.map(({ variable }) => variable));
    return new Map(
      known.map(({ parameter }, index) => {
        const gradient = tf.tensor(values[index]!, [...parameter.shape]);
        const numbers = torchNumbers(parameter, gradient);
        gradient.dispose();
        return [parameter.name, numbers] as const;
      }),
    );
  }
}

describe("UNet, given labml's weights", () => {
  withTensorFlow();

  const everyWay = Object.entries(ENGINES).flatMap(([how, make]) =>
    Object.entries(labml.variants).map(([name, variant]) => ({ name, variant, how, make })),
  );
  for (const { name, variant, how, make } of everyWay) {
    describe(`for ${name}, ${how}`, () => {
      let engine: Engine;
      const rows: readonly Row[] = variant.parameters;
      const { imageChannels } = variant.settings;
      let model: UNet;
      let x: tf.Tensor4D;
      let noise: tf.Tensor4D;
      let t: tf.Tensor1D;

      beforeEach(() => {
        engine = make();
        model = new UNet(settingsOf(UNetSettings, { ...variant.settings, dropout: 0 }));
        fillWeights(model, weight);
        [x, noise, t] = [imagesOf(imageChannels, 0.5), imagesOf(imageChannels, 2.5), tf.tensor1d(labml.times, 'int32')];
      });
      afterEach(() => {
        engine.close();
        model.dispose();
        tf.dispose([x, noise, t]);
      });

      const loss = ([xt]: [tf.Tensor4D]): tf.Scalar =>
        tf.tidy(() => noise.sub(model.predict(xt, t)).square().mean<tf.Scalar>());

      const trainingBy = (optimizer: Optimizer): TrainingStep<[tf.Tensor4D]> =>
        new TrainingStep({ engine, model, optimizer, loss, random: Random.fromSeed(1) });

      it('has its parameters, by name and shape', () => {
        const parameters = [...model.parameters()].map(([name, parameter]) => [name, torchShape(parameter)]);
        expect(parameters).to.deep.equal(rows.map((row) => [row.name, row.shape]));
      });

      it('gives its output', () => {
        const error = largestError(inOrder(model.predict(x, t)), variant.output);
        expect(error).to.be.below(TIMES_PYTORCH * variant.float32.output);
      });

      it('has its loss and gradients', async () => {
        const gradients = new Gradients();
        const training = trainingBy(gradients);
        const value = await training.run([x], { step: 1, learningRate: 0 });
        expect(value).to.be.closeTo(variant.loss, TIMES_PYTORCH * variant.float32.losses);
        const found = await gradients.numbers(engine);
        for (const row of rows) {
          const values = found.get(row.name);
          expect(values === undefined, `${row.name} is not used`).to.equal(row.gradient === null);
          if (!values || !row.gradient) continue;
          const errors = [norm(values) - row.gradientNorm!, ...row.gradient.map((wanted, i) => values[i]! - wanted)];
          // As labml_unet.py measures: a gradient that is nearly nothing may be off by more of itself.
          const error = Math.max(...errors.map(Math.abs)) / (row.gradientNorm! + 0.01);
          expect(error, row.name).to.be.below(TIMES_PYTORCH * variant.float32.gradients);
        }
        gradients.dispose();
      });

      it('learns as it does with torch.optim.Adam', async () => {
        const adam = new Adam(settingsOf(AdamSettings));
        const { learningRate } = labml;
        const training = trainingBy(adam);
        const losses: number[] = [];
        for (const step of variant.losses.keys())
          losses.push((await training.run([x], { step: step + 1, learningRate })).loss);
        expect(largestError(losses, variant.losses)).to.be.below(TIMES_PYTORCH * variant.float32.losses);
        for (const [index, [parameter, values]] of [...(await weightsIn(engine, model))].entries()) {
          const wanted = rows[index]!.weightSum;
          // Adam makes steps of the full length of a gradient that is nothing but rounding.
          if (wanted === null) continue;
          const sum = values.reduce((total, value) => total + value, 0);
          const error = Math.abs(sum - wanted) / (learningRate * Math.sqrt(values.length));
          expect(error, parameter).to.be.below(TIMES_PYTORCH * variant.float32.weightSums);
        }
        adam.dispose();
      });

      it('keeps no tensor while it learns', async () => {
        const adam = new Adam(settingsOf(AdamSettings));
        const training = trainingBy(adam);
        const learningRate = 1e-3;
        // The first step moves the variables into the session.
        await training.run([x], { step: 1, learningRate });
        for (const step of [2, 3]) {
          expect(await tensorsKept(() => training.run([x], { step, learningRate })), `step ${step}`).to.equal(0);
        }
        adam.dispose();
      });
    });
  }
});

describe("The paper's UNet", () => {
  withTensorFlow();

  it("has labml's parameters, by name and shape", () => {
    const model = new UNet(settingsOf(UNetSettings));
    const lines = [...model.parameters()].map(([name, parameter]) => `${name} [${torchShape(parameter).join(', ')}]`);
    expect(model.parameterCount).to.equal(labml.paper.count);
    expect(lines).to.have.length(labml.paper.names);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).to.equal(labml.paper.sha256);
  });

  it('takes a coloured image of 32×32 pixels and gives its noise', () => {
    const model = new UNet(settingsOf(UNetSettings));
    model.initialize(Random.fromSeed(1));
    const y = model.predict(tf.zeros([1, 32, 32, 3]), tf.tensor1d([999], 'int32'));
    expect(y.shape).to.deep.equal([1, 32, 32, 3]);
    expect(numbersOf(y).every(Number.isFinite)).to.equal(true);
    model.dispose();
  });
});
