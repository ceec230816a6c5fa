import type { Buffer as ModuleBuffer } from '../../nn/buffer';
import type { Parameter } from '../../nn/parameter';
import type { Program } from '../../tensorflow/engine';
import { requireFinite } from '../../tensorflow/finite';
import * as tf from '../../tensorflow/tf';
import { allReduceUpdate } from '../distributed/all-reduce';
import { Accumulators } from './accumulators';
import type { BodyShare } from './body-share';
import type { Learner } from './learner';
import { type LearnerUpdate, checkOnce, updateLearners } from './learner-updates';
import { numbersOf, readAll, runPart } from './micro-batches';
import { type CompiledStepOptions, type Minimize, programName } from './step-body';
import type { TensorRecord } from './tensor-record';
import type { StepReport } from './whole-step';

/** Means over the micro-batches for one learner. */
interface LearnerAccumulators {
  readonly gradients: Accumulators<Parameter>;
  readonly buffers: Accumulators<ModuleBuffer>;
}

/** A step by micro-batches: one program accumulates the gradients of each, another updates the learners after all. */
export class AccumulatedStep<Inputs extends TensorRecord> {
  private readonly accumulators = new Map<Learner, LearnerAccumulators>();
  private readonly accumulation: Program;
  private readonly update: Program;
  /** Names of what `accumulation` returns. */
  private names: readonly string[] = [];
  /** Learners whose losses the step has minimized, in order. */
  private minimized: readonly Learner[] = [];

  constructor(
    private readonly options: CompiledStepOptions<Inputs>,
    private readonly share: BodyShare<Inputs>,
    private readonly microBatches: number,
  ) {
    const { engine, learners, workers } = options;
    const { length: count } = learners;
    this.accumulation = engine.program(
      programName(options, 'accumulate'),
      (step, ...rest) => this.accumulate(step as tf.Scalar, rest[count] as tf.Scalar, rest.slice(count + 1)),
      // As in `WholeStep`.
      { isTracedTwice: !workers },
    );
    this.update = engine.program(programName(options, 'update'), (step, ...controls) =>
      this.updateAll(step as tf.Scalar, controls),
    );
  }

  /** As `CompiledStep.definition`: losses and gradients of one micro-batch. */
  definition(): Buffer | undefined {
    return this.accumulation.definition?.();
  }

  /** As `WholeStep.run`. @param inputs the micro-batches must divide their first axes */
  async run(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<StepReport> {
    const sums = new Map<string, number>();
    for (let part = 0; part < this.microBatches; part++) {
      const values = numbersOf(await runPart(this.accumulation, inputs, scalars, part, this.microBatches));
      for (const [index, name] of this.names.entries()) sums.set(name, (sums.get(name) ?? 0) + (values[index] ?? NaN));
    }
    const means = [...sums].map(([name, sum]) => [name, sum / this.microBatches] as const);
    const values = numbersOf(await readAll(await this.update.run(...scalars)));
    const norms = this.minimized.map(
      (learner, index) => [learner.metric('gradientNorm'), values[index] ?? NaN] as const,
    );
    return { scalars: Object.fromEntries([...means, ...norms]), stops: values[norms.length] ?? 0 };
  }

  private accumulate(step: tf.Scalar, part: tf.Scalar, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { share, microBatches } = this;
    const all: Pick<LearnerUpdate, 'learner' | 'loss'>[] = [];
    const minimize: Minimize = (learner, loss) => {
      checkOnce(learner, all);
      const { value: own, gradients, buffers } = learner.differentiate(() => share.contribution(loss()));
      const [value = own] = this.options.workers?.collective.allReduceSum([own]) ?? [];
      requireFinite(value);
      const accumulators = this.accumulatorsOf(learner);
      accumulators.gradients.add(gradients, part, microBatches);
      accumulators.buffers.add(buffers, part, microBatches);
      all.push({ learner, loss: value as tf.Scalar });
      return value as tf.Scalar;
    };
    const reported = share.run(inputs, minimize, step, part);
    this.minimized = all.map(({ learner }) => learner);
    this.names = [...this.minimized.map((learner) => learner.metric('loss')), ...Object.keys(reported)];
    return [...all.map(({ loss }) => loss), ...share.reduce(reported)];
  }

  private updateAll(step: tf.Scalar, controls: readonly tf.Tensor[]): tf.Tensor[] {
    const { learners, workers } = this.options;
    const all = this.minimized.map((learner) => {
      const control = controls[learners.indexOf(learner)] ?? tf.scalar(0);
      const { gradients, buffers } = this.accumulatorsOf(learner);
      const changes = { gradients: gradients.means, buffers: buffers.means };
      return { learner, ...allReduceUpdate(workers, changes, control) };
    });
    return [...updateLearners(all, step), ...(all.at(-1)?.stops ?? [])];
  }

  private accumulatorsOf(learner: Learner): LearnerAccumulators {
    const existing = this.accumulators.get(learner) ?? { gradients: new Accumulators(), buffers: new Accumulators() };
    this.accumulators.set(learner, existing);
    return existing;
  }
}
