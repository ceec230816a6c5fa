import { UserError } from '../../errors';
import { type Optimizer, checkVariables } from '../../kinds/optimizer';
import { clipByGlobalNorm, halfSquaredNorm, globalNorm, gradientsOf } from '../../nn/gradients';
import type { ExponentialAverage } from '../../nn/exponential-average';
import type { Module } from '../../nn/module';
import type { Parameter } from '../../nn/parameter';
import type { Random } from '../../random/random';
import type { Engine, Program } from '../../tensorflow/engine';
import { named } from '../../tensorflow/named';
import { isOutOfMemory } from '../../tensorflow/exhausted';
import { isNotFinite, requireFinite } from '../../tensorflow/finite';
import * as tf from '../../tensorflow/tf';
import { Accumulators } from './accumulators';
import { allReduceGradients } from '../distributed/all-reduce';
import { Divergence, type NotFinite } from './divergence';
import type { LossScale } from './loss-scale';
import type { Workers } from '../distributed/workers';

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

/** What came out of an update. */
export interface UpdateResult {
  /** Before the update. */
  readonly loss: number;
  /** Of all gradients together, before they are clipped. */
  readonly gradientNorm: number;
}

type Gradients = ReadonlyMap<Parameter, tf.Tensor>;

/** One update of a model: loss, gradients, optimizer, and the average of the weights. */
export class TrainingStep<Inputs extends tf.Tensor[]> {
  private readonly parameters: readonly Parameter[];
  private readonly microBatches: number;
  private readonly accumulators = new Accumulators();
  /**
   * Loss, gradients and update: gives the loss and the norm, and with workers how many were asked to stop. With micro-batches only what
   * comes before the update: gives the loss.
   */
  private readonly program: Program;
  /** The update of micro-batches: gives what follows on the loss. */
  private readonly update: Program | undefined;
  private diagnosis: Program | undefined;
  /** The parameters that have a gradient, in the order of the diagnosis. */
  private diagnosed: readonly string[] = [];

  constructor(private readonly training: Training<Inputs>) {
    const { engine, model, optimizer, microBatches = 1 } = training;
    this.parameters = [...model.parameters()].map(([, parameter]) => parameter);
    this.microBatches = microBatches;
    optimizer.initialize(this.parameters);
    checkVariables(optimizer);
    if (microBatches === 1) {
      this.program = engine.program('train', (step, control, _, ...inputs) => {
        const { value, gradients } = this.differentiate(inputs as Inputs, step as tf.Scalar);
        const { loss, ...agreed } = allReduceGradients(training.workers, gradients, control, value);
        requireFinite(loss);
        return [loss, this.apply(agreed.gradients, step as tf.Scalar, agreed.learningRate), ...agreed.stops];
      });
      return;
    }
    this.program = engine.program('accumulate', (step, _, part, ...inputs) => {
      const draw = this.drawOf(step as tf.Scalar, part as tf.Scalar);
      const { value: own, gradients } = this.differentiate(inputs as Inputs, draw);
      const [value = own] = training.workers?.collective.allReduceSum([own]) ?? [];
      requireFinite(value as tf.Scalar);
      this.accumulators.add(gradients, part as tf.Scalar, microBatches);
      return [value];
    });
    this.update = engine.program('update', (step, control) => {
      const { gradients, learningRate, stops } = allReduceGradients(
        training.workers,
        this.accumulators.gradients,
        control,
      );
      return [this.apply(gradients, step as tf.Scalar, learningRate), ...stops];
    });
  }

  /** At which step of its stream a part of a batch draws. */
  private drawOf(step: tf.Scalar, part: tf.Scalar): tf.Scalar {
    const { microBatches } = this;
    return microBatches === 1 ? step : tf.add(tf.mul(step, tf.scalar(microBatches, 'int32')), part);
  }

  /** Where the examples draw that a step has: all of a batch or of its part, or this worker's share. */
  private randomFor([first]: Inputs, draw: tf.Scalar): Random {
    const { random, workers } = this.training;
    const at = random.at(draw);
    return workers ? at.sharded(workers.shardOf(first?.shape[0] ?? 0)) : at;
  }

  /** Loss and gradients; with workers, what this one's share adds to those of the whole batch. */
  private differentiate(inputs: Inputs, draw: tf.Scalar): { value: tf.Scalar; gradients: Gradients } {
    const { loss, lossScale, workers } = this.training;
    const at = this.randomFor(inputs, draw);
    const scale = lossScale?.value;
    const scaled = (): tf.Scalar => {
      const own = loss(inputs, at);
      const share = workers ? tf.div<tf.Scalar>(own, workers.count) : own;
      return scale ? tf.mul(share, scale) : share;
    };
    const { value, gradients } = gradientsOf(scaled, this.parameters);
    if (!scale) return { value, gradients };
    const unscaled = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.div(gradient, scale)]));
    return { value: tf.div(value, scale), gradients: unscaled };
  }

  /** Updates the parameters, unless a gradient is not finite. @returns the norm of the gradients */
  private apply(gradients: Gradients, step: tf.Scalar, learningRate: tf.Scalar): tf.Scalar {
    const { optimizer, maxNorm, lossScale, average } = this.training;
    const number = tf.cast(step, 'float32');
    const norm = named('clip', () => globalNorm(gradients));
    requireFinite(norm);
    const clipped = maxNorm === undefined ? gradients : named('clip', () => clipByGlobalNorm(gradients, norm, maxNorm));
    named('optimizer', () => optimizer.apply(clipped, { step: number, learningRate }));
    if (average) named('average', () => average.update(number));
    lossScale?.succeeded();
    return norm;
  }

  /** The graph of what was last done with a batch, where it was run as one: a GraphDef of TensorFlow's graph.proto. */
  definition(): Buffer | undefined {
    return this.program.definition?.();
  }

  /**
   * @param inputs borrowed; the micro-batches must divide their first axis
   * @throws Divergence where the loss or a gradient is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, options: UpdateOptions): Promise<UpdateResult> {
    const { engine, lossScale, workers } = this.training;
    const { learningRate } = options;
    // With workers also whether this one was asked to stop.
    const control = workers ? tf.tensor1d([learningRate, Number(workers.isAsked)]) : tf.scalar(learningRate);
    const scalars = [tf.scalar(options.step, 'int32'), control];
    try {
      for (;;) {
        try {
          const attempt = this.attempt(inputs, scalars);
          return await (workers?.step(attempt) ?? attempt);
        } catch (error) {
          if (isOutOfMemory(error)) throw tooLarge(error, inputs[0]?.shape[0] ?? 0);
          if (!isNotFinite(error)) throw error;
          if (await lossScale?.halve(engine)) continue;
          throw new Divergence(options, await this.diagnose(inputs, options.step));
        }
      }
    } finally {
      tf.dispose(scalars);
    }
  }

  private async attempt(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<UpdateResult> {
    let sum = 0;
    let rest: number[] = [];
    for (let part = 0; part < this.microBatches; part++) {
      const [loss = NaN, ...others] = await this.runPart(this.program, inputs, scalars, part);
      sum += loss;
      rest = others;
    }
    if (this.update) rest = await numbersOf(await this.update.run(...scalars));
    const [gradientNorm = NaN, stops = 0] = rest;
    if (stops > 0) this.training.workers?.stopTogether();
    return { loss: sum / this.microBatches, gradientNorm };
  }

  private async runPart(
    program: Program,
    inputs: Inputs,
    scalars: readonly tf.Tensor[],
    part: number,
  ): Promise<number[]> {
    const ofPart = inputs.map((input) => partOf(input, part, this.microBatches));
    const number = tf.scalar(part, 'int32');
    try {
      return await numbersOf(await program.run(...scalars, number, ...ofPart));
    } finally {
      tf.dispose([number, ...ofPart]);
    }
  }

  /** Computes loss and gradients once more, to tell which of them is not finite. Of several workers each does so by itself, for its share. */
  private async diagnose(inputs: Inputs, step: number): Promise<NotFinite> {
    this.diagnosis ??= this.training.engine.program('diagnose', (step, part, ...ofPart) => {
      const inputs = ofPart as Inputs;
      const at = this.randomFor(inputs, this.drawOf(step as tf.Scalar, part as tf.Scalar));
      const { value, gradients } = gradientsOf(() => this.training.loss(inputs, at), this.parameters);
      this.diagnosed = [...gradients.keys()].map(({ name }) => name);
      return [value, ...[...gradients.values()].map(halfSquaredNorm)];
    });
    const scalar = tf.scalar(step, 'int32');
    let loss = NaN;
    const parameters = new Set<string>();
    for (let part = 0; part < this.microBatches; part++) {
      const [value = NaN, ...energies] = await this.runPart(this.diagnosis, inputs, [scalar], part);
      loss = Number.isFinite(value) && part > 0 ? loss : value;
      for (const [index, energy] of energies.entries())
        if (!Number.isFinite(energy)) parameters.add(this.diagnosed[index] ?? '');
    }
    scalar.dispose();
    return { loss, parameters: [...parameters] };
  }
}

/** The numbers of scalars. @param scalars given up */
async function numbersOf(scalars: readonly tf.Tensor[]): Promise<number[]> {
  const numbers = await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0] ?? NaN));
  tf.dispose([...scalars]);
  return numbers;
}

/** @returns the caller disposes */
function partOf(input: tf.Tensor, part: number, parts: number): tf.Tensor {
  const [count = 0] = input.shape;
  return parts === 1 ? tf.clone(input) : tf.slice(input, (part * count) / parts, count / parts);
}

function tooLarge(error: unknown, batchSize: number): UserError {
  return new UserError(`There is not enough memory for a step with a batch of ${batchSize}.`, {
    hints: ['Compute it in parts, with the same result: microBatches=4. Or choose a smaller batchSize.'],
    cause: error,
  });
}
