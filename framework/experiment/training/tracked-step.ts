import type { Position } from '../../checkpoint/manifest';
import * as tf from '../../tensorflow/tf';
import type { Run } from '../run';
import { CompiledStep, type StepBody } from './compiled-step';
import { Divergence } from './divergence';
import { type BatchReport, dumpFailedBatch } from './failed-batch';
import type { Learner } from './learner';
import type { TensorRecord } from './tensor-record';

/** Options of a compiled step of an experiment. */
export interface StepOptions {
  /** Name of its operations in the graph, and of its random stream. */
  readonly name?: string;
  /** Learners that the step updates; all of the experiment by default. */
  readonly learners?: readonly Learner[];
  /** Number of parts that a batch is split into to save memory; their gradients are averaged. */
  readonly microBatches?: number;
}

/** Where a step is in the run, and what it is given. */
interface StepPosition {
  /** Before the step. */
  readonly position: Position;
  /** Number of steps of the run; Infinity if unknown. */
  readonly totalSteps: number;
  /** Describes the batch, should training diverge at it. */
  readonly describe: () => Promise<BatchReport>;
}

/** A compiled step of an experiment, whose scalars and learning rates are tracked. */
export class TrackedStep<Inputs extends TensorRecord> {
  private readonly step: CompiledStep<Inputs>;
  private readonly learners: readonly Learner[];
  private isFrozenReported = false;

  constructor(
    private readonly services: Run,
    { name = 'train', learners = [], microBatches = 1 }: StepOptions,
    body: StepBody<Inputs>,
  ) {
    const { engine, random, workers } = services;
    this.learners = learners;
    this.step = new CompiledStep({ engine, name, learners, body, random: random.stream(name), microBatches, workers });
  }

  /** @param inputs disposed @throws Divergence with the place of the saved batch */
  async run(inputs: Inputs, { position, totalSteps, describe }: StepPosition): Promise<void> {
    const { tracking } = this.services;
    const learningRates = this.learners.map((learner) => learner.learningRate(position.step, totalSteps));
    this.logIfFrozen();
    try {
      const scalars = await this.step.run(inputs, { step: position.step + 1, learningRates });
      for (const [name, value] of Object.entries(scalars)) tracking.add(name, value);
      for (const [index, learner] of this.learners.entries())
        tracking.set(learner.metric('learningRate'), learningRates[index] ?? 0);
      if (position.step === 0) tracking.graph(() => this.step.definition());
    } catch (error) {
      if (!(error instanceof Divergence) || !this.services.isChief) throw error;
      throw error.with(await dumpFailedBatch(this.services.folder, error, { inputs, position, describe }));
    } finally {
      tf.dispose(inputs as tf.TensorContainer);
    }
  }

  /** Frozen parameters may be intended, or a mistake that nothing else would reveal. */
  private logIfFrozen(): void {
    if (this.isFrozenReported || !this.learners.some(({ isFrozen }) => isFrozen)) return;
    this.isFrozenReported = true;
    this.services.monitor.log('learningRate=0: the parameters do not change.');
  }
}
