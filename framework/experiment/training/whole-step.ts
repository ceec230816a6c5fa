import type { Program } from '../../tensorflow/engine';
import { requireFinite } from '../../tensorflow/finite';
import * as tf from '../../tensorflow/tf';
import { allReduceUpdate } from '../distributed/all-reduce';
import type { BodyShare } from './body-share';
import { type LearnerUpdate, checkOnce, updateLearners } from './learner-updates';
import { numbersOf, runPart } from './micro-batches';
import type { CompiledStepOptions, Minimize } from './step-body';
import type { TensorRecord } from './tensor-record';

/** What a step reports. */
export interface StepReport {
  readonly scalars: Readonly<Record<string, number>>;
  /** Number of workers that were asked to stop. */
  readonly stops: number;
}

/** A step on a whole batch: losses, gradients and updates in one program. */
export class WholeStep<Inputs extends TensorRecord> {
  private readonly program: Program;
  /** Names of what the program returns, except the number of stop requests. */
  private names: readonly string[] = [];

  constructor(
    private readonly options: CompiledStepOptions<Inputs>,
    private readonly share: BodyShare<Inputs>,
  ) {
    const { engine, name = 'train', learners, workers } = options;
    const { length: count } = learners;
    this.program = engine.program(
      name,
      // The index of the micro-batch, which comes after the controls, is always 0.
      (step, ...rest) => this.compute(step as tf.Scalar, rest.slice(0, count), rest.slice(count + 1)),
      // Exchanges between workers have numbers of their own in each trace.
      { isTracedTwice: !workers },
    );
  }

  /** As `CompiledStep.definition`. */
  definition(): Buffer | undefined {
    return this.program.definition?.();
  }

  /** @param inputs borrowed @param scalars the number of the update, and a control for each learner; borrowed */
  async run(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<StepReport> {
    const values = numbersOf(await runPart(this.program, inputs, scalars, 0, 1));
    return {
      scalars: Object.fromEntries(this.names.map((name, index) => [name, values[index] ?? NaN])),
      stops: values[this.names.length] ?? 0,
    };
  }

  private compute(step: tf.Scalar, controls: readonly tf.Tensor[], inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { learners, workers } = this.options;
    const { share } = this;
    const all: LearnerUpdate[] = [];
    const minimize: Minimize = (learner, loss) => {
      checkOnce(learner, all);
      const { value, ...changes } = learner.differentiate(() => share.contribution(loss()));
      const control = controls[learners.indexOf(learner)] ?? tf.scalar(0);
      const reduced = allReduceUpdate(workers, changes, control, value);
      requireFinite(reduced.loss);
      all.push({ learner, ...reduced });
      return reduced.loss;
    };
    const reported = share.run(inputs, minimize, step);
    const norms = updateLearners(all, step);
    this.names = [
      ...all.map(({ learner }) => learner.metric('loss')),
      ...all.map(({ learner }) => learner.metric('gradientNorm')),
      ...Object.keys(reported),
    ];
    return [...all.map(({ loss }) => loss), ...norms, ...share.reduce(reported), ...(all.at(-1)?.stops ?? [])];
  }
}
