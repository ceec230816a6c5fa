import { UserError } from '../../errors';
import type { BufferMap } from '../../nn/buffer';
import type * as tf from '../../tensorflow/tf';
import type { GradientMap, Learner } from './learner';

/** A learner with what it is updated by, within a step. */
export interface LearnerUpdate {
  readonly learner: Learner;
  readonly loss: tf.Scalar;
  readonly gradients: GradientMap;
  readonly buffers: BufferMap;
  readonly learningRate: tf.Scalar;
  /** Number of workers that were asked to stop; empty for a single process. */
  readonly stops: readonly tf.Tensor[];
}

/** Updates the learners once all their gradients and buffers are known to be finite. @returns the global norms */
export function updateLearners(all: readonly LearnerUpdate[], step: tf.Scalar): tf.Scalar[] {
  const norms = all.map(({ learner, gradients, buffers }) => learner.normOf(gradients, buffers));
  for (const [index, { learner, learningRate, ...changes }] of all.entries())
    learner.update(changes, norms[index] as tf.Scalar, { step, learningRate });
  return norms;
}

/** @throws UserError if a step has already minimized a loss of the learner */
export function checkOnce(learner: Learner, earlier: readonly { learner: Learner }[]): void {
  if (!earlier.some((each) => each.learner === learner)) return;
  throw new UserError(`A step minimizes two losses of one learner: ${learner.metric('loss')}.`, {
    hints: ['Minimize their sum, or make a learner for each.'],
  });
}
