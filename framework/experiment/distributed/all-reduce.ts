import type { Parameter } from '../../nn/parameter';
import * as tf from '../../tensorflow/tf';
import type { Workers } from './workers';

/** Inputs of an update that are equal on all workers. */
interface SynchronizedUpdate {
  readonly gradients: ReadonlyMap<Parameter, tf.Tensor>;
  /** Loss of the whole batch. It depends on all gradients, so that an error of one worker fails the step on all. */
  readonly loss: tf.Scalar;
  /** The chief's learning rate. */
  readonly learningRate: tf.Scalar;
  /** Number of workers that were asked to stop; empty for a single process. */
  readonly stops: tf.Tensor[];
}

/**
 * All-reduces gradients and loss (sum) across workers and broadcasts the chief's learning rate, within a step.
 * @param gradients contribution of this worker's share to the gradients of the batch; borrowed
 * @param control the learning rate; with workers float32 [2]: the learning rate and this worker's stop request (0 or 1); borrowed
 * @param loss contribution of this worker's share to the loss of the batch; borrowed
 */
export function allReduceGradients(
  workers: Workers | undefined,
  gradients: ReadonlyMap<Parameter, tf.Tensor>,
  control: tf.Tensor,
  loss = tf.scalar(0),
): SynchronizedUpdate {
  if (!workers) return { gradients, loss, learningRate: control as tf.Scalar, stops: [] };
  const { collective, isChief } = workers;
  const [own, stop] = tf.split(control, 2) as [tf.Tensor1D, tf.Tensor1D];
  const rate = isChief ? own : tf.zerosLike(own);
  const scalars = tf.concat([tf.reshape(loss, [1]), rate, stop]);
  // The loss is available before the gradients.
  const [reduced] = collective.allReduceSum([scalars]);
  const sums = collective.allReduceSum([...gradients.values()]);
  const [total, learningRate, stops] = tf.unstack(reduced as tf.Tensor1D) as [tf.Scalar, tf.Scalar, tf.Scalar];
  return {
    gradients: new Map([...gradients.keys()].map((parameter, index) => [parameter, sums[index] as tf.Tensor])),
    loss: collective.withDependencies(total, sums),
    learningRate,
    stops: [stops],
  };
}
