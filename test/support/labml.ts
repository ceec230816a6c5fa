import * as tf from '../../framework/tensorflow/tf';
import { TrainingStep } from '../../framework/experiment/training/training-step';
import { Optimizer, type OptimizerVariable } from '../../framework/kinds/optimizer';
import type { Parameter } from '../../framework/nn/parameter';
import { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import { Variable } from '../../framework/tensorflow/variable';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../plugins/diffusion/denoise-diffusion';
import { LinearSchedule, LinearScheduleSettings } from '../../plugins/diffusion/noise-schedules/linear';
import { UNet, UNetSettings } from '../../plugins/diffusion/models/unet';
import { Adam, AdamSettings } from '../../plugins/optimizers/adam';
import { numbersOf } from './close';
import { settingsOf } from './settings';
import { fillWeights, torchNumbers, type Weight } from './weights';

/** The norm of an array, and its products with two waves. */
export type Summary = readonly number[];

/** What test/reference/labml_unet.py says of a parameter. A gradient of zero is one that is nothing but rounding in float32. */
interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  readonly gradient: Summary | null;
  /** By the updates, where it is trained. */
  readonly change: Summary | null;
}

/** What labml_unet.py says of a network. */
export interface Variant {
  readonly settings: Partial<UNetSettings>;
  readonly side: number;
  readonly learningRate: number;
  /** How far PyTorch's float32 is from the exact results. */
  readonly float32: Readonly<Record<'output' | 'losses' | 'gradient' | 'change', number>>;
  /** The first, and then that of each update. */
  readonly losses: readonly number[];
  /** The first numbers, and the summary of all. */
  readonly output: readonly number[];
  readonly parameters: readonly Row[];
}

/** What is the same for all of its networks. */
export interface Common {
  readonly times: readonly number[];
  readonly updates: number;
  readonly shown: number;
  readonly small: Readonly<Record<'gradient' | 'change', number>>;
}

/** sin(0.37 i² + phase) for the flat index i, as in labml_unet.py. */
function waves(count: number, phase: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.sin(0.37 * (i * i) + phase));
}

const product = (sides: readonly number[]): number => sides.reduce((a, b) => a * b, 1);

const weight: Weight = (name, shape, position) => {
  const values = waves(product(shape), position);
  if (/norm\d?\.weight$/.test(name)) return values.map((value) => 1 + 0.1 * value);
  if (shape.length === 1) return values.map((value) => 0.1 * value);
  const root = Math.sqrt(product(shape.slice(1)));
  return values.map((value) => value / root);
};

/** Draws what the script's process is given instead of drawing. */
function fixedNoise(t: tf.Tensor1D, epsilon: tf.Tensor4D): Random {
  const random: Random = Object.assign(Object.create(Random.prototype) as Random, {
    stream: () => random,
    integers: () => tf.clone(t),
    normal: () => tf.clone(epsilon),
  });
  return random;
}

/** Our network and process with the weights, the images, the noise and the times of labml_unet.py. */
export class LabmlNetwork {
  readonly model: UNet;
  private readonly diffusion = new DenoiseDiffusion(
    settingsOf(DenoiseDiffusionSettings, { schedule: new LinearSchedule(settingsOf(LinearScheduleSettings)) }),
  );
  private readonly x0: tf.Tensor4D;
  private readonly noise: tf.Tensor4D;
  private readonly t: tf.Tensor1D;
  private readonly waves = new Map<string, Float64Array>();

  constructor(
    private readonly variant: Variant,
    private readonly common: Common,
  ) {
    this.model = new UNet(settingsOf(UNetSettings, { ...variant.settings, dropout: 0 }));
    fillWeights(this.model, weight);
    [this.x0, this.noise] = [this.images(0.5), this.images(2.5)];
    this.t = tf.tensor1d([...common.times], 'int32');
  }

  /** Frees everything. */
  dispose(): void {
    this.model.dispose();
    tf.dispose([this.x0, this.noise, this.t]);
  }

  /** Of a batch of images. */
  get shape(): [batch: number, height: number, width: number, channels: number] {
    const { settings, side } = this.variant;
    return [this.common.times.length, side, side, settings.imageChannels ?? 3];
  }

  /** Images by their numbers in PyTorch's order. */
  private images(phase: number): tf.Tensor4D {
    const [batch, height, width, channels] = this.shape;
    const numbers = Float32Array.from(waves(product(this.shape), phase));
    return tf.tidy(() => tf.transpose(tf.tensor4d(numbers, [batch, channels, height, width]), [0, 2, 3, 1]));
  }

  /** The network's output, as the script has it. */
  output(): number[] {
    const output = tf.tidy(() => {
      const prediction = this.model.predict(this.diffusion.qSample(this.x0, this.t, this.noise), this.t);
      return tf.transpose(prediction, [0, 3, 1, 2]);
    });
    const numbers = numbersOf(output);
    return [...numbers.slice(0, this.common.shown), ...this.summary(numbers)];
  }

  /** The loss, and the summary of every gradient by the name of the parameter, where it has one. */
  async gradients(engine: Engine): Promise<{ loss: number; gradients: Map<string, Summary> }> {
    const optimizer = new Gradients();
    const { loss } = await this.training(engine, optimizer).run([this.x0], { step: 1, learningRate: 0 });
    const variables = optimizer.variables.filter(({ parameter }) => optimizer.known.has(parameter));
    const values = await engine.read(variables.map(({ variable }) => variable));
    const gradients = variables.map(({ parameter }, index): [string, Summary] => [
      parameter.name,
      this.summary(inOrder(parameter, values[index]!)),
    ]);
    optimizer.dispose();
    return { loss, gradients: new Map(gradients) };
  }

  /** Updates by Adam: their losses, and the summary of every parameter's change by all of them. */
  async train(engine: Engine): Promise<{ losses: number[]; changes: Summary[] }> {
    const adam = new Adam(settingsOf(AdamSettings));
    const { learningRate } = this.variant;
    const training = this.training(engine, adam);
    const losses: number[] = [];
    for (let step = 1; step <= this.common.updates; step++)
      losses.push((await training.run([this.x0], { step, learningRate })).loss);
    const parameters = [...this.model.parameters()].map(([, parameter]) => parameter);
    const values = await engine.read(parameters.map(({ state }) => state));
    const changes = parameters.map((parameter, position) => {
      const { name, shape } = this.variant.parameters[position]!;
      const before = Float32Array.from(weight(name, shape, position));
      return this.summary(inOrder(parameter, values[position]!).map((value, i) => value - before[i]!));
    });
    adam.dispose();
    return { losses, changes };
  }

  /** A step of training, as of an experiment. */
  training(engine: Engine, optimizer: Optimizer): TrainingStep<[tf.Tensor4D]> {
    const { model, diffusion, t, noise } = this;
    const loss = ([x0]: [tf.Tensor4D]): tf.Scalar => diffusion.loss(model, x0, fixedNoise(t, noise));
    return new TrainingStep({ engine, model, optimizer, loss, random: Random.fromSeed(1) });
  }

  private summary(values: readonly number[]): Summary {
    const [first, second] = [1, 2].map((phase) => this.wave(values.length, phase));
    let [squares, a, b] = [0, 0, 0];
    for (const [i, value] of values.entries()) {
      squares += value * value;
      a += value * first![i]!;
      b += value * second![i]!;
    }
    return [Math.sqrt(squares), a, b];
  }

  /** Arrays of one size have the same waves. */
  private wave(count: number, phase: number): Float64Array {
    const key = `${count} ${phase}`;
    const known = this.waves.get(key) ?? waves(count, phase);
    this.waves.set(key, known);
    return known;
  }
}

/** A parameter's numbers in PyTorch's order. */
function inOrder(parameter: Parameter, values: Float32Array): number[] {
  const tensor = tf.tensor(values, [...parameter.shape]);
  const numbers = torchNumbers(parameter, tensor);
  tensor.dispose();
  return numbers;
}

/** An optimizer that only remembers the gradients. */
class Gradients extends Optimizer {
  readonly variables: OptimizerVariable[] = [];
  /** Parameters that have a gradient. */
  readonly known = new Set<Parameter>();

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
}
