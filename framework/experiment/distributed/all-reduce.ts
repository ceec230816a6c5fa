import type { Parameter } from '../../nn/parameter';
import * as tf from '../../tensorflow/tf';
import type { Workers } from './workers';

/** What all workers make an update by. */
interface SynchronizedUpdate {
  readonly gradients: ReadonlyMap<Parameter, tf.Tensor>;
  /** Of the whole batch; it is there only when all gradients are, so that what fails for it fails for all. */
  readonly loss: tf.Scalar;
  /** The chief's. */
  readonly learningRate: tf.Scalar;
  /** How many workers were asked to stop, where there are several. */
  readonly stops: tf.Tensor[];
}

/**
 * Has all workers make the same update, within a step: by the sums of their gradients and of their losses, at the chief's learning rate.
 * @param gradients what this worker's share adds to those of the batch; borrowed
 * @param control the learning rate, with workers float32 [2], also whether this one was asked to stop; borrowed
 * @param loss what this worker's share adds to that of the batch; borrowed
 */
export function allReduceGradients(
  workers: Workers | undefined,
  gradients: ReadonlyMap<Parameter, tf.Tensor>,
  control: tf.Tensor,
  loss = tf.scalar(0),
): SynchronizedUpdate {
  if (!workers) return { gradients, loss, learningRate: control as tf.Scalar, stops: [] };
  const { collective, isChief } = workers;
  const [own, asked] = tf.split(control, 2) as [tf.Tensor1D, tf.Tensor1D];
  const rate = isChief ? own : tf.zerosLike(own);
  const few = tf.concat([tf.reshape(loss, [1]), rate, asked]);
  // The loss is known before the gradients.
  const [known] = collective.allReduceSum([few]);
  const sums = collective.allReduceSum([...gradients.values()]);
  const [total, learningRate, stops] = tf.unstack(known as tf.Tensor1D) as [tf.Scalar, tf.Scalar, tf.Scalar];
  return {
    gradients: new Map([...gradients.keys()].map((parameter, index) => [parameter, sums[index] as tf.Tensor])),
    loss: collective.withDependencies(total, sums),
    learningRate,
    stops: [stops],
  };
}
