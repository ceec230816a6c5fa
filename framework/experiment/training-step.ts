import { UserError } from '../errors';
import type { Optimizer } from '../kinds/optimizer';
import { clipByGlobalNorm, globalNorm, gradientsOf } from '../nn/gradients';
import type { ExponentialAverage } from '../nn/exponential-average';
import type { Module } from '../nn/module';
import type { Parameter } from '../nn/parameter';
import type { Random } from '../random/random';
import type { Engine, Program } from '../tensorflow/engine';
import { named } from '../tensorflow/named';
import { isNotFinite, requireFinite } from '../tensorflow/finite';
import * as tf from '../tensorflow/tf';
import { Accumulators } from './accumulators';
import { agree } from './agree';
import type { LossScale } from './loss-scale';
import type { Workers } from './workers';

/** The loss of a batch. @param inputs borrowed @param random where the step draws @returns a float32 scalar */
export type Loss<Inputs extends tf.Tensor[]> = (inputs: Inputs, random: Random) => tf.Scalar;

/** What is trained, and how. */
export interface Training<Inputs extends tf.Tensor[]> {
  readonly engine: Engine;
  /** Initialized. */
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly loss: Loss<Inputs>;
  /** Draws differently at each step. */
  readonly random: Random;
  /** Of all gradients together, where they are to be clipped. */
  readonly maxNorm?: number | undefined;
  /** Parts that a batch is computed in, one after the other; their gradients are averaged. */
  readonly microBatches?: number;
  /** For gradients in float16. */
  readonly lossScale?: LossScale | undefined;
  /** Follows the parameters, where there is one. */
  readonly average?: ExponentialAverage | undefined;
  /** Where several train together, each with its share of a batch. */
  readonly workers?: Workers | undefined;
}

/** What an update is told besides the batch. */
export interface UpdateOptions {
  /** The number of this update, from 1. */
  readonly step: number;
  readonly learningRate: number;
}

type Gradients = ReadonlyMap<Parameter, tf.Tensor>;

/** One update of a model: loss, gradients, optimizer, and the average of the weights. */
export class TrainingStep<Inputs extends tf.Tensor[]> {
  private readonly parameters: readonly Parameter[];
  private readonly microBatches: number;
  private readonly accumulators = new Accumulators();
  /** Loss, gradients and update; with micro-batches only what comes before the update. */
  private readonly program: Program;
  private readonly update: Program | undefined;

  constructor(private readonly training: Training<Inputs>) {
    const { engine, model, optimizer, microBatches = 1 } = training;
    this.parameters = [...model.parameters()].map(([, parameter]) => parameter);
    this.microBatches = microBatches;
    optimizer.initialize(this.parameters);
    if (microBatches === 1) {
      this.program = engine.program('train', (step, told, _, ...inputs) => {
        const { value, gradients } = this.differentiate(inputs as Inputs, step as tf.Scalar);
        const agreed = agree(training.workers, gradients, told, value);
        requireFinite(agreed.loss);
        this.apply(agreed.gradients, step as tf.Scalar, agreed.learningRate);
        return [agreed.loss, ...agreed.stops];
      });
      return;
    }
    this.program = engine.program('accumulate', (step, _, part, ...inputs) => {
      const draw = tf.add<tf.Scalar>(tf.mul(step, tf.scalar(microBatches, 'int32')), part);
      const { value: own, gradients } = this.differentiate(inputs as Inputs, draw);
      const [value = own] = training.workers?.collective.means([own]) ?? [];
      requireFinite(value as tf.Scalar);
      this.accumulators.add(gradients, part as tf.Scalar, microBatches);
      return [value];
    });
    this.update = engine.program('update', (step, told) => {
      const agreed = agree(training.workers, this.accumulators.gradients, told);
      this.apply(agreed.gradients, step as tf.Scalar, agreed.learningRate);
      return agreed.stops;
    });
  }

  private differentiate(inputs: Inputs, draw: tf.Scalar): { value: tf.Scalar; gradients: Gradients } {
    const { loss, random, lossScale, workers } = this.training;
    const [count = 0] = inputs[0]?.shape ?? [];
    const at = workers ? random.at(draw).sharded(workers.shardOf(count)) : random.at(draw);
    const scale = lossScale?.value;
    const scaled = (): tf.Scalar => (scale ? tf.mul(loss(inputs, at), scale) : loss(inputs, at));
    const { value, gradients } = gradientsOf(scaled, this.parameters);
    if (!scale) return { value, gradients };
    const unscaled = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.div(gradient, scale)]));
    return { value: tf.div(value, scale), gradients: unscaled };
  }

  private apply(gradients: Gradients, step: tf.Scalar, learningRate: tf.Scalar): void {
    const { optimizer, maxNorm, lossScale, average } = this.training;
    const number = tf.cast(step, 'float32');
    if (lossScale) requireFinite(globalNorm(gradients));
    const clipped = maxNorm === undefined ? gradients : named('clip', () => clipByGlobalNorm(gradients, maxNorm));
    named('optimizer', () => optimizer.apply(clipped, { step: number, learningRate }));
    if (average) named('average', () => average.update(number));
    lossScale?.succeeded();
  }

  /** The graph of what was last done with a batch, where it was run as one: a GraphDef of TensorFlow's graph.proto. */
  definition(): Buffer | undefined {
    return this.program.definition?.();
  }

  /**
   * @param inputs borrowed; the micro-batches must divide their first axis
   * @returns the loss before the update
   * @throws UserError where the loss is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, options: UpdateOptions): Promise<number> {
    const { engine, lossScale, workers } = this.training;
    const { learningRate } = options;
    // With workers also whether this one was asked to stop.
    const told = workers ? tf.tensor1d([learningRate, Number(workers.isAsked)]) : tf.scalar(learningRate);
    const scalars = [tf.scalar(options.step, 'int32'), told];
    try {
      for (;;) {
        try {
          const attempt = this.attempt(inputs, scalars);
          return await (workers?.during(attempt) ?? attempt);
        } catch (error) {
          if (!isNotFinite(error)) throw error;
          if (!(await lossScale?.halve(engine))) throw diverged(options);
        }
      }
    } finally {
      tf.dispose(scalars);
    }
  }

  private async attempt(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<number> {
    let sum = 0;
    for (let part = 0; part < this.microBatches; part++) sum += await this.runPart(inputs, scalars, part);
    const [stops] = (await this.update?.run(...scalars)) ?? [];
    await this.heed(stops);
    return sum / this.microBatches;
  }

  /** @param stops given up */
  private async heed(stops: tf.Tensor | undefined): Promise<void> {
    const [count = 0] = (await stops?.data()) ?? [];
    stops?.dispose();
    if (count > 0) this.training.workers?.stopTogether();
  }

  private async runPart(inputs: Inputs, scalars: readonly tf.Tensor[], part: number): Promise<number> {
    const ofPart = inputs.map((input) => partOf(input, part, this.microBatches));
    const number = tf.scalar(part, 'int32');
    try {
      const [value, stops] = await this.program.run(...scalars, number, ...ofPart);
      const [loss = NaN] = (await value?.data()) ?? [];
      value?.dispose();
      await this.heed(stops);
      return loss;
    } finally {
      tf.dispose([number, ...ofPart]);
    }
  }
}

/** @returns the caller disposes */
function partOf(input: tf.Tensor, part: number, parts: number): tf.Tensor {
  const [count = 0] = input.shape;
  return parts === 1 ? tf.clone(input) : tf.slice(input, (part * count) / parts, count / parts);
}

function diverged({ step, learningRate }: UpdateOptions): UserError {
  return new UserError(`The loss is not finite at step ${step}: training has diverged.`, {
    hints: [`The parameters were not changed by it. Try a lower learning rate than ${learningRate}.`],
  });
}
