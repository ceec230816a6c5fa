import type { Random } from '../../random/random';
import type { Engine } from '../../tensorflow/engine';
import type * as tf from '../../tensorflow/tf';
import type { Workers } from '../distributed/workers';
import type { Learner } from './learner';
import type { TensorRecord } from './tensor-record';

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

/** How a body's losses are minimized, or only measured. */
export type Minimize = StepContext['minimize'];

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

/** Name of one of several programs of a step. */
export function programName({ name = 'train' }: { readonly name?: string }, what: string): string {
  return name === 'train' ? what : `${name}.${what}`;
}
