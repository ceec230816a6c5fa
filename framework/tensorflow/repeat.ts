import { type Repeated, addLoop } from './graph/loop';
import { currentTrace } from './graph/trace';
import * as tf from './tf';

/**
 * Does a step again and again, each time with what it gave before: in a graph as one loop of TensorFlow's, however many times it is done.
 * It is not differentiable. Within it, variables have the values that they had at its beginning.
 * @param count how many times, at least 1
 * @param initial what the step is given first; borrowed
 * @param constants what else it is given each time; borrowed. It must not use other tensors of the step that is being traced.
 * @param step gives a tensor of the same shape and type as it is given
 * @returns what the step gave last; the caller disposes
 */
export function repeat<T extends tf.Tensor>(
  count: number,
  initial: T,
  constants: readonly tf.Tensor[],
  step: Repeated,
): T {
  const trace = currentTrace();
  if (trace) return addLoop(trace, count, initial, constants, step) as T;
  let value: tf.Tensor = tf.clone(initial);
  for (let index = 0; index < count; index++) {
    const before = value;
    value = tf.tidy(() => step(before, tf.scalar(index, 'int32'), ...constants));
    before.dispose();
  }
  return value as T;
}
