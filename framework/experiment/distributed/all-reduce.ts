import type { BufferMap } from '../../nn/buffer';
import type { Parameter } from '../../nn/parameter';
import * as tf from '../../tensorflow/tf';
import type { Workers } from './workers';

/** What a worker contributes to an update. */
interface Contribution {
  /** Contribution of its share to the gradients of the batch. */
  readonly gradients: ReadonlyMap<Parameter, tf.Tensor>;
  /** New values of buffers by its share. */
  readonly buffers: BufferMap;
}

/** Inputs of an update that are equal on all workers. */
interface SynchronizedUpdate extends Contribution {
  /** Loss of the whole batch. It depends on all gradients, so that an error of one worker fails the step on all. */
  readonly loss: tf.Scalar;
  /** The chief's learning rate. */
  readonly learningRate: tf.Scalar;
  /** Number of workers that were asked to stop; empty for a single process. */
  readonly stops: tf.Tensor[];
}

/**
 * All-reduces gradients and loss (sum) and buffers (mean) across workers and broadcasts the chief's learning rate, within a step.
 * @param own borrowed
 * @param control the learning rate; with workers float32 [2]: the learning rate and this worker's stop request (0 or 1); borrowed
 * @param loss contribution of this worker's share to the loss of the batch; borrowed
 */
export function allReduceUpdate(
  workers: Workers | undefined,
  { gradients, buffers }: Contribution,
  control: tf.Tensor,
  loss = tf.scalar(0),
): SynchronizedUpdate {
  if (!workers) return { gradients, buffers, loss, learningRate: control as tf.Scalar, stops: [] };
  const { collective, count, isChief } = workers;
  const [own, stop] = tf.split(control, 2) as [tf.Tensor1D, tf.Tensor1D];
  const rate = isChief ? own : tf.zerosLike(own);
  const scalars = tf.concat([tf.reshape(loss, [1]), rate, stop]);
  // The loss is available before the gradients.
  const [reduced] = collective.allReduceSum([scalars]);
  const shares = [...buffers.values()].map((value) => tf.div(value, count));
  const sums = collective.allReduceSum([...gradients.values(), ...shares]);
  const [total, learningRate, stops] = tf.unstack(reduced as tf.Tensor1D) as [tf.Scalar, tf.Scalar, tf.Scalar];
  return {
    gradients: new Map([...gradients.keys()].map((parameter, index) => [parameter, sums[index] as tf.Tensor])),
    buffers: new Map([...buffers.keys()].map((buffer, index) => [buffer, sums[gradients.size + index] as tf.Tensor])),
    loss: collective.withDependencies(total, sums),
    learningRate,
    stops: [stops],
  };
}
