import type { Position } from '../../checkpoint/manifest';
import type { Scalars } from '../../kinds/tracker';
import type { Parameter } from '../../nn/parameter';
import type { Run } from '../run';
import { CompiledStep } from './compiled-step';
import type { Learner } from './learner';
import type { StepBody } from './step-body';
import type { TensorRecord } from './tensor-record';

/** Options of a compiled step of an experiment. */
export interface StepOptions {
  /** Name of its operations in the graph, and of its random stream. */
  readonly name?: string;
  /** Learners that the step updates; all of the experiment by default. */
  readonly learners?: readonly Learner[];
  /** Number of parts that a batch is split into to save memory; their gradients are averaged. */
  readonly microBatches?: number;
  /** Run only at every n-th step of the experiment; 1 by default. */
  readonly every?: number;
}

/** Where a step is in the run, and what it is given. */
interface StepPosition {
  /** Before the step. */
  readonly position: Position;
  /** Number of steps of the run; Infinity if unknown. */
  readonly totalSteps: number;
  /** Factor of all learning rates. */
  readonly learningRateFactor: number;
}

/** A compiled step of an experiment, whose scalars and learning rates are tracked. */
export class TrackedStep<Inputs extends TensorRecord> {
  private readonly step: CompiledStep<Inputs>;
  private readonly learners: readonly Learner[];
  private readonly every: number;
  private isFrozenReported = false;

  constructor(
    private readonly services: Run,
    { name = 'train', learners = [], microBatches = 1, every = 1 }: StepOptions,
    body: StepBody<Inputs>,
  ) {
    const { engine, random, workers } = services;
    this.learners = learners;
    this.every = every;
    this.step = new CompiledStep({ engine, name, learners, body, random: random.stream(name), microBatches, workers });
  }

  /**
   * Does nothing at steps that are not due.
   * @param inputs borrowed
   * @returns the scalars of the step, and its learning rates
   * @throws Divergence if a loss or a gradient is not finite
   */
  async run(inputs: Inputs, at: StepPosition): Promise<Scalars> {
    return (at.position.step + 1) % this.every === 0 ? this.update(inputs, at) : {};
  }

  /** Gradients that the step will have, by parameter; none if it is not due. @param inputs borrowed */
  async gradients(inputs: Inputs, { position }: StepPosition): Promise<ReadonlyMap<Parameter, Float32Array>> {
    const number = (position.step + 1) / this.every;
    return Number.isInteger(number) ? this.step.gradients(inputs, number) : new Map<Parameter, Float32Array>();
  }

  private async update(inputs: Inputs, { position, totalSteps, learningRateFactor }: StepPosition): Promise<Scalars> {
    const { tracking } = this.services;
    // Own updates: an optimizer and a schedule count these, not the steps of the experiment.
    const done = (position.step + 1) / this.every - 1;
    const total = Math.floor(totalSteps / this.every);
    const learningRates = this.learners.map((each) => learningRateFactor * each.learningRate(done, total));
    this.logIfFrozen();
    const scalars = await this.step.run(inputs, { step: done + 1, learningRates });
    for (const [name, value] of Object.entries(scalars)) tracking.add(name, value);
    const rates = this.learners.map((each, index) => [each.metric('learningRate'), learningRates[index] ?? 0] as const);
    for (const [name, rate] of rates) tracking.set(name, rate);
    if (done === 0) tracking.graph(() => this.step.definition());
    return { ...scalars, ...Object.fromEntries(rates) };
  }

  /** Frozen parameters may be intended, or a mistake that nothing else would reveal. */
  private logIfFrozen(): void {
    if (this.isFrozenReported || !this.learners.some(({ isFrozen }) => isFrozen)) return;
    this.isFrozenReported = true;
    this.services.monitor.log('learningRate=0: the parameters do not change.');
  }
}
