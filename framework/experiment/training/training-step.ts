import type { ExponentialAverage } from '../../nn/exponential-average';
import type { Module } from '../../nn/module';
import type { Optimizer } from '../../kinds/optimizer';
import type { Random } from '../../random/random';
import type * as tf from '../../tensorflow/tf';
import { CompiledStep } from './compiled-step';
import { Learner } from './learner';
import type { LossScale } from './loss-scale';
import type { CompiledStepOptions } from './step-body';
import type { TensorRecord } from './tensor-record';

/** The loss of a batch. @param inputs borrowed @param random random stream of the step @returns a float32 scalar */
export type Loss<Inputs extends TensorRecord> = (inputs: Inputs, random: Random) => tf.Scalar;

/** Options of a training step. */
export interface Training<Inputs extends TensorRecord> extends Omit<
  CompiledStepOptions<Inputs>,
  'learners' | 'body' | 'name'
> {
  /** Initialized. */
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly loss: Loss<Inputs>;
  /** Maximum global norm of the gradients; no clipping if undefined. */
  readonly maxNorm?: number | undefined;
  /** Loss scale for float16. */
  readonly lossScale?: LossScale | undefined;
  /** Moving average of the parameters, updated with them. */
  readonly average?: ExponentialAverage | undefined;
}

/** Results of an update. */
export interface UpdateResult {
  /** Loss before the update. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
}

/** The most common step: one model, one optimizer, one loss. */
export class TrainingStep<Inputs extends TensorRecord> {
  private readonly step: CompiledStep<Inputs>;

  constructor({ model, optimizer, loss, maxNorm, lossScale, average, ...options }: Training<Inputs>) {
    const learner = new Learner({ model, optimizer, maxNorm, lossScale, average });
    this.step = new CompiledStep({
      ...options,
      learners: [learner],
      body: (inputs, { random, minimize }) => {
        minimize(learner, () => loss(inputs, random));
        return undefined;
      },
    });
  }

  /** As `CompiledStep.definition`. */
  definition(): Buffer | undefined {
    return this.step.definition();
  }

  /** As `CompiledStep.run`. */
  async run(inputs: Inputs, { step, learningRate }: { step: number; learningRate: number }): Promise<UpdateResult> {
    return (await this.step.run(inputs, { step, learningRates: [learningRate] })) as unknown as UpdateResult;
  }
}
