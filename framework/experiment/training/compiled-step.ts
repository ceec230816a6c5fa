import { UserError } from '../../errors';
import type { Buffer as ModuleBuffer, BufferMap } from '../../nn/buffer';
import type { Parameter } from '../../nn/parameter';
import type { Random } from '../../random/random';
import type { Engine, Program, Step } from '../../tensorflow/engine';
import { isOutOfMemory } from '../../tensorflow/exhausted';
import { isNotFinite, requireFinite } from '../../tensorflow/finite';
import * as tf from '../../tensorflow/tf';
import { allReduceUpdate } from '../distributed/all-reduce';
import type { Workers } from '../distributed/workers';
import { Accumulators } from './accumulators';
import { Diagnosis, type Minimize } from './diagnosis';
import type { Divergence } from './divergence';
import type { GradientMap, Learner } from './learner';
import { StepGradients } from './step-gradients';
import { type TensorRecord, partOf, sizeOf, unflatten } from './tensor-record';

/** Named float32 scalars that a step reports. */
export type StepScalars = Readonly<Record<string, tf.Scalar>>;

/** What a step's body is given besides its inputs. */
export interface StepContext {
  /** Random stream of the step, for these examples. */
  readonly random: Random;
  /**
   * Differentiates a loss with respect to the parameters of a learner, and updates them at the end of the step: all losses of a step see
   * the parameters from before it. Once per learner and step.
   * @param loss returns a float32 scalar, the mean over the examples
   * @returns the loss of the whole batch; borrowed
   */
  readonly minimize: (learner: Learner, loss: () => tf.Scalar) => tf.Scalar;
}

/** Body of a step. @param inputs borrowed @returns further scalars to report, each a mean over the examples */
export type StepBody<Inputs extends TensorRecord> = (inputs: Inputs, context: StepContext) => StepScalars | undefined;

/** Options of a compiled step. */
export interface CompiledStepOptions<Inputs extends TensorRecord> {
  readonly engine: Engine;
  /** Name of its operations in the graph. */
  readonly name?: string;
  readonly learners: readonly Learner[];
  readonly body: StepBody<Inputs>;
  /** Random stream, indexed by step. */
  readonly random: Random;
  /** Number of parts that a batch is split into; their gradients and scalars are averaged. */
  readonly microBatches?: number;
  /** Workers that share each batch; undefined for a single process. */
  readonly workers?: Workers | undefined;
}

/** Inputs of an update in addition to the batch. */
export interface UpdateOptions {
  /** Number of the update, from 1. */
  readonly step: number;
  /** One for each learner, in their order. */
  readonly learningRates: readonly number[];
}

/** A loss that a step has minimized. */
interface Minimized {
  readonly learner: Learner;
  readonly loss: tf.Scalar;
  readonly gradients: GradientMap;
  readonly buffers: BufferMap;
  readonly learningRate: tf.Scalar;
  readonly stops: readonly tf.Tensor[];
}

/** Means over the micro-batches for one learner. */
interface LearnerAccumulators {
  readonly gradients: Accumulators<Parameter>;
  readonly buffers: Accumulators<ModuleBuffer>;
}

/**
 * One training step: losses, gradients, and the updates of the learners. A step with a loss, a gradient or a buffer that is not finite
 * updates nothing.
 */
export class CompiledStep<Inputs extends TensorRecord> {
  private readonly microBatches: number;
  private readonly accumulators = new Map<Learner, LearnerAccumulators>();
  /** The whole step; with micro-batches, losses and gradients of one part. */
  private readonly program: Program;
  /** Updates after all micro-batches. */
  private readonly updateProgram: Program | undefined;
  private readonly diagnosis = new Diagnosis();
  private diagnosisProgram: Program | undefined;
  private readonly stepGradients = new StepGradients();
  private gradientProgram: Program | undefined;
  /** Names of what `program` returns, except the number of stop requests. */
  private names: readonly string[] = [];
  /** Names of what `updateProgram` returns, likewise. */
  private updateNames: readonly string[] = [];
  /** Learners whose losses the step has minimized, in order. */
  private minimized: readonly Learner[] = [];
  /** Inputs of the last run, whose structure the programs' inputs have. */
  private structure: Inputs | undefined;

  constructor(private readonly options: CompiledStepOptions<Inputs>) {
    const { engine, name = 'train', microBatches = 1, learners, workers } = options;
    // Exchanges between workers have numbers of their own in each trace.
    const checked = { isTracedTwice: !workers };
    this.microBatches = microBatches;
    const prefix = name === 'train' ? '' : `${name}.`;
    const count = learners.length;
    if (microBatches === 1) {
      const whole: Step = (step, ...rest) =>
        this.wholeStep(step as tf.Scalar, rest.slice(0, count), rest.slice(count + 1));
      this.program = engine.program(name, whole, checked);
      return;
    }
    const part: Step = (step, ...rest) =>
      this.accumulate(step as tf.Scalar, rest[count] as tf.Scalar, rest.slice(count + 1));
    this.program = engine.program(`${prefix}accumulate`, part, checked);
    this.updateProgram = engine.program(`${prefix}update`, (step, ...controls) =>
      this.updateAll(step as tf.Scalar, controls),
    );
  }

  /** The graph of the last batch as a GraphDef of TensorFlow's graph.proto; undefined if it was not run as a graph. */
  definition(): Buffer | undefined {
    return this.program.definition?.();
  }

  /**
   * @param inputs borrowed; the micro-batches must divide their first axes
   * @returns the scalars of the step: the loss of each learner before the update, the global norm of its gradients before clipping, and
   *   those of the body
   * @throws Divergence if a loss or a gradient is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, options: UpdateOptions): Promise<Record<string, number>> {
    const { learners, workers } = this.options;
    this.structure = inputs;
    // With workers, also this worker's stop request.
    const controls = learners.map((_, index) => {
      const rate = options.learningRates[index] ?? 0;
      return workers ? tf.tensor1d([rate, Number(workers.isStopRequestedHere)]) : tf.scalar(rate);
    });
    const scalars = [tf.scalar(options.step, 'int32'), ...controls];
    try {
      for (;;) {
        try {
          const attempt = this.attempt(inputs, scalars);
          return await (workers?.step(attempt) ?? attempt);
        } catch (error) {
          if (isOutOfMemory(error)) throw outOfMemoryError(error, sizeOf(inputs));
          if (!isNotFinite(error)) throw error;
          if (await this.halveLossScales()) continue;
          throw await this.diagnose(inputs, options);
        }
      }
    } finally {
      tf.dispose(scalars);
    }
  }

  /**
   * Computes the gradients that `run` would update with, before clipping, and updates nothing.
   * @param inputs borrowed; of several workers, each has the gradients of its share
   * @param step number of the update, from 1
   */
  async gradients(inputs: Inputs, step: number): Promise<ReadonlyMap<Parameter, Float32Array>> {
    this.structure = inputs;
    this.gradientProgram ??= this.withoutUpdate('gradients', (run) => this.stepGradients.compute(run));
    return this.stepGradients.mean(await this.runAllParts(this.gradientProgram, inputs, step));
  }

  private wholeStep(step: tf.Scalar, controls: readonly tf.Tensor[], inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { learners, body, workers } = this.options;
    const all: Minimized[] = [];
    const minimize = (learner: Learner, loss: () => tf.Scalar): tf.Scalar => {
      checkOnce(learner, all);
      const { value, ...changes } = learner.differentiate(() => this.share(loss()));
      const control = controls[learners.indexOf(learner)] ?? tf.scalar(0);
      const reduced = allReduceUpdate(workers, changes, control, value);
      requireFinite(reduced.loss);
      all.push({ learner, ...reduced });
      return reduced.loss;
    };
    const reported = body(this.record(inputs), { random: this.randomFor(inputs, step), minimize }) ?? {};
    const norms = this.update(all, step);
    this.names = [
      ...all.map(({ learner }) => learner.metric('loss')),
      ...all.map(({ learner }) => learner.metric('gradientNorm')),
      ...Object.keys(reported),
    ];
    return [...all.map(({ loss }) => loss), ...norms, ...this.reduce(reported), ...(all.at(-1)?.stops ?? [])];
  }

  private accumulate(step: tf.Scalar, part: tf.Scalar, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const all: Pick<Minimized, 'learner' | 'loss'>[] = [];
    const minimize = (learner: Learner, loss: () => tf.Scalar): tf.Scalar => {
      checkOnce(learner, all);
      const { value: own, gradients, buffers } = learner.differentiate(() => this.share(loss()));
      const [value = own] = this.options.workers?.collective.allReduceSum([own]) ?? [];
      requireFinite(value);
      const accumulators = this.accumulatorsOf(learner);
      accumulators.gradients.add(gradients, part, this.microBatches);
      accumulators.buffers.add(buffers, part, this.microBatches);
      all.push({ learner, loss: value as tf.Scalar });
      return value as tf.Scalar;
    };
    const random = this.randomFor(inputs, this.streamIndex(step, part));
    const reported = this.options.body(this.record(inputs), { random, minimize }) ?? {};
    this.minimized = all.map(({ learner }) => learner);
    this.names = [...this.minimized.map((learner) => learner.metric('loss')), ...Object.keys(reported)];
    return [...all.map(({ loss }) => loss), ...this.reduce(reported)];
  }

  private updateAll(step: tf.Scalar, controls: readonly tf.Tensor[]): tf.Tensor[] {
    const { learners, workers } = this.options;
    const all = this.minimized.map((learner) => {
      const control = controls[learners.indexOf(learner)] ?? tf.scalar(0);
      const { gradients, buffers } = this.accumulatorsOf(learner);
      const changes = { gradients: gradients.means, buffers: buffers.means };
      return { learner, ...allReduceUpdate(workers, changes, control) };
    });
    this.updateNames = this.minimized.map((learner) => learner.metric('gradientNorm'));
    return [...this.update(all, step), ...(all.at(-1)?.stops ?? [])];
  }

  /** Updates the learners once all their gradients and buffers are known to be finite. @returns the global norms */
  private update(all: readonly Minimized[], step: tf.Scalar): tf.Scalar[] {
    const norms = all.map(({ learner, gradients, buffers }) => learner.normOf(gradients, buffers));
    for (const [index, { learner, learningRate, ...changes }] of all.entries())
      learner.update(changes, norms[index] as tf.Scalar, { step, learningRate });
    return norms;
  }

  /** This worker's contribution to the mean over the whole batch. */
  private share(mean: tf.Scalar): tf.Scalar {
    const { workers } = this.options;
    return workers ? tf.div<tf.Scalar>(mean, workers.count) : mean;
  }

  /** Means over the whole batch of what the body reports. */
  private reduce(reported: StepScalars): tf.Tensor[] {
    const own = Object.values(reported).map((scalar) => this.share(scalar));
    return own.length > 0 ? (this.options.workers?.collective.allReduceSum(own) ?? own) : own;
  }

  private record(inputs: readonly tf.Tensor[]): Inputs {
    return unflatten(inputs, this.structure as Inputs);
  }

  private accumulatorsOf(learner: Learner): LearnerAccumulators {
    const existing = this.accumulators.get(learner) ?? { gradients: new Accumulators(), buffers: new Accumulators() };
    this.accumulators.set(learner, existing);
    return existing;
  }

  /** Index in the random stream for a part of a batch. */
  private streamIndex(step: tf.Scalar, part: tf.Scalar): tf.Scalar {
    const { microBatches } = this;
    return microBatches === 1 ? step : tf.add(tf.mul(step, tf.scalar(microBatches, 'int32')), part);
  }

  /** Random stream for the examples of a step: a batch, a part of it, or this worker's share. */
  private randomFor([first]: readonly tf.Tensor[], index: tf.Scalar): Random {
    const { random, workers } = this.options;
    const at = random.at(index);
    return workers ? at.sharded(workers.shardOf(first?.shape[0] ?? 0)) : at;
  }

  private async attempt(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<Record<string, number>> {
    const sums = new Map<string, number>();
    let rest: number[] = [];
    for (let part = 0; part < this.microBatches; part++) {
      const values = numbersOf(await this.runPart(this.program, inputs, scalars, part));
      for (const [index, name] of this.names.entries()) sums.set(name, (sums.get(name) ?? 0) + (values[index] ?? NaN));
      rest = values.slice(this.names.length);
    }
    const means = [...sums].map(([name, sum]) => [name, sum / this.microBatches] as const);
    const norms: [string, number][] = [];
    if (this.updateProgram) {
      const values = numbersOf(await readAll(await this.updateProgram.run(...scalars)));
      for (const [index, name] of this.updateNames.entries()) norms.push([name, values[index] ?? NaN]);
      rest = values.slice(norms.length);
    }
    const [stops = 0] = rest;
    if (stops > 0) this.options.workers?.stopTogether();
    return Object.fromEntries([...means, ...norms]);
  }

  private async runPart(
    program: Program,
    inputs: Inputs,
    scalars: readonly tf.Tensor[],
    part: number,
  ): Promise<Float32Array[]> {
    const ofPart = Object.values(inputs).map((input) => partOf(input, part, this.microBatches));
    const number = tf.scalar(part, 'int32');
    try {
      return await readAll(await program.run(...scalars, number, ...ofPart));
    } finally {
      tf.dispose([number, ...ofPart]);
    }
  }

  /** @returns false if there is no loss scale, or the values themselves are not finite */
  private async halveLossScales(): Promise<boolean> {
    const scales = this.options.learners.flatMap(({ lossScale }) => lossScale ?? []);
    const halved = await Promise.all(scales.map((scale) => scale.halve(this.options.engine)));
    return halved.length > 0 && halved.every(Boolean);
  }

  /** Recomputes losses and gradients to find which is not finite. Each worker does so independently, for its share. */
  private async diagnose(inputs: Inputs, { step, learningRates }: UpdateOptions): Promise<Divergence> {
    const { learners } = this.options;
    this.diagnosisProgram ??= this.withoutUpdate('diagnose', (run) => this.diagnosis.measure(run));
    const parts = (await this.runAllParts(this.diagnosisProgram, inputs, step)).map(numbersOf);
    const rates = learners.map((learner, index) => [learner, learningRates[index] ?? 0] as const);
    return this.diagnosis.divergence(parts, step, new Map(rates));
  }

  /** A program that runs the step's body, but updates nothing. @param compute runs the body with its own `minimize` */
  private withoutUpdate(what: string, compute: (run: (minimize: Minimize) => void) => tf.Tensor[]): Program {
    const { name = 'train', engine, body } = this.options;
    return engine.program(name === 'train' ? what : `${name}.${what}`, (step, part, ...inputs) =>
      compute((minimize) => {
        const random = this.randomFor(inputs, this.streamIndex(step as tf.Scalar, part as tf.Scalar));
        body(this.record(inputs), { random, minimize });
      }),
    );
  }

  /** Results of a program without update for each micro-batch. */
  private async runAllParts(program: Program, inputs: Inputs, step: number): Promise<Float32Array[][]> {
    const scalar = tf.scalar(step, 'int32');
    try {
      const parts: Float32Array[][] = [];
      for (let part = 0; part < this.microBatches; part++)
        parts.push(await this.runPart(program, inputs, [scalar], part));
      return parts;
    } finally {
      scalar.dispose();
    }
  }
}

function checkOnce(learner: Learner, earlier: readonly { learner: Learner }[]): void {
  if (!earlier.some((each) => each.learner === learner)) return;
  throw new UserError(`A step minimizes two losses of one learner: ${learner.metric('loss')}.`, {
    hints: ['Minimize their sum, or make a learner for each.'],
  });
}

/** Reads float32 tensors. @param tensors disposed */
async function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose([...tensors]);
  return values;
}

/** The numbers of scalars. */
function numbersOf(scalars: readonly Float32Array[]): number[] {
  return scalars.map(([number = NaN]) => number);
}

function outOfMemoryError(error: unknown, batchSize: number): UserError {
  return new UserError(`Out of memory in a step with a batch of ${batchSize}.`, {
    hints: ['Split the batch, with the same result: microBatches=4. Or choose a smaller batchSize.'],
    cause: error,
  });
}
