import { UserError } from '../../errors';
import type { Parameter } from '../../nn/parameter';
import { isOutOfMemory } from '../../tensorflow/exhausted';
import { isNotFinite } from '../../tensorflow/finite';
import * as tf from '../../tensorflow/tf';
import { AccumulatedStep } from './accumulated-step';
import { BodyProgram } from './body-program';
import { BodyShare } from './body-share';
import { Diagnosis } from './diagnosis';
import type { Divergence } from './divergence';
import { numbersOf } from './micro-batches';
import type { CompiledStepOptions } from './step-body';
import { StepGradients } from './step-gradients';
import { type TensorRecord, sizeOf } from './tensor-record';
import { WholeStep } from './whole-step';

/** Inputs of an update in addition to the batch. */
export interface UpdateOptions {
  /** Number of the update, from 1. */
  readonly step: number;
  /** One for each learner, in their order. */
  readonly learningRates: readonly number[];
}

/**
 * One training step: losses, gradients, and the updates of the learners. A step with a loss, a gradient or a buffer that is not finite
 * updates nothing.
 */
export class CompiledStep<Inputs extends TensorRecord> {
  private readonly share: BodyShare<Inputs>;
  private readonly update: WholeStep<Inputs> | AccumulatedStep<Inputs>;
  private readonly diagnosis = new Diagnosis();
  private readonly diagnosisProgram: BodyProgram<Inputs>;
  private readonly stepGradients = new StepGradients();
  private readonly gradientProgram: BodyProgram<Inputs>;

  constructor(private readonly options: CompiledStepOptions<Inputs>) {
    const { microBatches = 1 } = options;
    const share = new BodyShare(options);
    this.share = share;
    this.update =
      microBatches === 1 ? new WholeStep(options, share) : new AccumulatedStep(options, share, microBatches);
    this.diagnosisProgram = new BodyProgram(options, share, 'diagnose', (run) => this.diagnosis.measure(run));
    this.gradientProgram = new BodyProgram(options, share, 'gradients', (run) => this.stepGradients.compute(run));
  }

  /** The graph of the last batch as a GraphDef of TensorFlow's graph.proto; undefined if it was not run as a graph. */
  definition(): Buffer | undefined {
    return this.update.definition();
  }

  /**
   * @param inputs borrowed; the micro-batches must divide their first axes
   * @returns the scalars of the step: the loss of each learner before the update, the global norm of its gradients before clipping, and
   *   those of the body
   * @throws Divergence if a loss or a gradient is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, options: UpdateOptions): Promise<Readonly<Record<string, number>>> {
    const { workers } = this.options;
    this.share.structure = inputs;
    const scalars = [tf.scalar(options.step, 'int32'), ...this.controlsOf(options)];
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
    this.share.structure = inputs;
    return this.stepGradients.mean(await this.gradientProgram.run(inputs, step));
  }

  /** The learning rate of each learner; with workers, also this worker's stop request. */
  private controlsOf({ learningRates }: UpdateOptions): tf.Tensor[] {
    const { learners, workers } = this.options;
    return learners.map((_, index) => {
      const rate = learningRates[index] ?? 0;
      return workers ? tf.tensor1d([rate, Number(workers.isStopRequestedHere)]) : tf.scalar(rate);
    });
  }

  private async attempt(inputs: Inputs, scalars: readonly tf.Tensor[]): Promise<Readonly<Record<string, number>>> {
    const { scalars: reported, stops } = await this.update.run(inputs, scalars);
    if (stops > 0) this.options.workers?.stopTogether();
    return reported;
  }

  /** @returns false if there is no loss scale, or the values themselves are not finite */
  private async halveLossScales(): Promise<boolean> {
    const scales = this.options.learners.flatMap(({ lossScale }) => lossScale ?? []);
    const halved = await Promise.all(scales.map((scale) => scale.halve(this.options.engine)));
    return halved.length > 0 && halved.every(Boolean);
  }

  /** Recomputes losses and gradients to find which is not finite. Each worker does so independently, for its share. */
  private async diagnose(inputs: Inputs, { step, learningRates }: UpdateOptions): Promise<Divergence> {
    const parts = (await this.diagnosisProgram.run(inputs, step)).map(numbersOf);
    const rates = this.options.learners.map((learner, index) => [learner, learningRates[index] ?? 0] as const);
    return this.diagnosis.divergence(parts, step, new Map(rates));
  }
}

function outOfMemoryError(error: unknown, batchSize: number): UserError {
  return new UserError(`Out of memory in a step with a batch of ${batchSize}.`, {
    hints: ['Split the batch, with the same result: microBatches=4. Or choose a smaller batchSize.'],
    cause: error,
  });
}
