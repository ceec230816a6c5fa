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

/** The loss of a batch. @param inputs borrowed @param random random stream of the step @returns a float32 scalar */
export type Loss<Inputs extends tf.Tensor[]> = (inputs: Inputs, random: Random) => tf.Scalar;

/** Options of a training step. */
export interface Training<Inputs extends tf.Tensor[]> {
  readonly engine: Engine;
  /** Initialized. */
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly loss: Loss<Inputs>;
  /** Random stream, indexed by step. */
  readonly random: Random;
  /** Maximum global norm of the gradients; no clipping if undefined. */
  readonly maxNorm?: number | undefined;
  /** Number of parts that a batch is split into; their gradients are averaged. */
  readonly microBatches?: number;
  /** Loss scale for float16. */
  readonly lossScale?: LossScale | undefined;
  /** Moving average of the parameters, updated with them. */
  readonly average?: ExponentialAverage | undefined;
  /** Workers that share each batch; undefined for a single process. */
  readonly workers?: Workers | undefined;
}

/** Inputs of an update in addition to the batch. */
export interface UpdateOptions {
  /** Number of the update, from 1. */
  readonly step: number;
  readonly learningRate: number;
}

/** Results of an update. */
export interface UpdateResult {
  /** Loss before the update. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
}

type Gradients = ReadonlyMap<Parameter, tf.Tensor>;

/** One update of a model: loss, gradients, optimizer, and the average of the weights. */
export class TrainingStep<Inputs extends tf.Tensor[]> {
  private readonly parameters: readonly Parameter[];
  private readonly microBatches: number;
  private readonly accumulators = new Accumulators();
  /**
   * Loss, gradients and update: returns the loss, the norm, and with workers the number of stop requests. With micro-batches: loss and
   * gradients of one part; returns the loss.
   */
  private readonly program: Program;
  /** Update after all micro-batches: returns the norm, and with workers the number of stop requests. */
  private readonly update: Program | undefined;
  private diagnosis: Program | undefined;
  /** Names of the parameters that have a gradient, in the order of the diagnosis. */
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
        const { loss, ...reduced } = allReduceGradients(training.workers, gradients, control, value);
        requireFinite(loss);
        return [loss, this.apply(reduced.gradients, step as tf.Scalar, reduced.learningRate), ...reduced.stops];
      });
      return;
    }
    this.program = engine.program('accumulate', (step, _, part, ...inputs) => {
      const counter = this.streamIndex(step as tf.Scalar, part as tf.Scalar);
      const { value: own, gradients } = this.differentiate(inputs as Inputs, counter);
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

  /** Index in the random stream for a part of a batch. */
  private streamIndex(step: tf.Scalar, part: tf.Scalar): tf.Scalar {
    const { microBatches } = this;
    return microBatches === 1 ? step : tf.add(tf.mul(step, tf.scalar(microBatches, 'int32')), part);
  }

  /** Random stream for the examples of a step: a batch, a part of it, or this worker's share. */
  private randomFor([first]: Inputs, index: tf.Scalar): Random {
    const { random, workers } = this.training;
    const at = random.at(index);
    return workers ? at.sharded(workers.shardOf(first?.shape[0] ?? 0)) : at;
  }

  /** Computes loss and gradients; with workers, this worker's contribution to those of the whole batch. */
  private differentiate(inputs: Inputs, index: tf.Scalar): { value: tf.Scalar; gradients: Gradients } {
    const { loss, lossScale, workers } = this.training;
    const at = this.randomFor(inputs, index);
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

  /** Updates the parameters, unless a gradient is not finite. @returns the global norm of the gradients */
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

  /** The graph of the last batch as a GraphDef of TensorFlow's graph.proto; undefined if it was not run as a graph. */
  definition(): Buffer | undefined {
    return this.program.definition?.();
  }

  /**
   * @param inputs borrowed; the micro-batches must divide their first axis
   * @throws Divergence if the loss or a gradient is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, options: UpdateOptions): Promise<UpdateResult> {
    const { engine, lossScale, workers } = this.training;
    const { learningRate } = options;
    // With workers, also this worker's stop request.
    const control = workers
      ? tf.tensor1d([learningRate, Number(workers.isStopRequestedHere)])
      : tf.scalar(learningRate);
    const scalars = [tf.scalar(options.step, 'int32'), control];
    try {
      for (;;) {
        try {
          const attempt = this.attempt(inputs, scalars);
          return await (workers?.step(attempt) ?? attempt);
        } catch (error) {
          if (isOutOfMemory(error)) throw outOfMemoryError(error, inputs[0]?.shape[0] ?? 0);
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
    if (this.update) rest = await readScalars(await this.update.run(...scalars));
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
      return await readScalars(await program.run(...scalars, number, ...ofPart));
    } finally {
      tf.dispose([number, ...ofPart]);
    }
  }

  /** Recomputes loss and gradients to find which of them is not finite. Each worker does so independently, for its share. */
  private async diagnose(inputs: Inputs, step: number): Promise<NotFinite> {
    this.diagnosis ??= this.training.engine.program('diagnose', (step, part, ...ofPart) => {
      const inputs = ofPart as Inputs;
      const at = this.randomFor(inputs, this.streamIndex(step as tf.Scalar, part as tf.Scalar));
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

/** Reads scalars. @param scalars disposed */
async function readScalars(scalars: readonly tf.Tensor[]): Promise<number[]> {
  const numbers = await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0] ?? NaN));
  tf.dispose([...scalars]);
  return numbers;
}

/** @returns the caller disposes */
function partOf(input: tf.Tensor, part: number, parts: number): tf.Tensor {
  const [count = 0] = input.shape;
  return parts === 1 ? tf.clone(input) : tf.slice(input, (part * count) / parts, count / parts);
}

function outOfMemoryError(error: unknown, batchSize: number): UserError {
  return new UserError(`Out of memory in a step with a batch of ${batchSize}.`, {
    hints: ['Split the batch, with the same result: microBatches=4. Or choose a smaller batchSize.'],
    cause: error,
  });
}
