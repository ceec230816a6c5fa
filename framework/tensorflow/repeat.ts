import { type LoopBody, type Repeated, addLoop } from './graph/loop';
import { currentTrace } from './graph/trace';
import * as tf from './tf';

/**
 * Repeats a step, each time with its previous result: in a graph as a single TensorFlow loop. Not differentiable. Within the loop,
 * variables keep the values that they had before it.
 * @param count number of iterations, at least 1
 * @param initial value for the first iteration; borrowed
 * @param constants further inputs of every iteration; borrowed. The step must not use other tensors of the enclosing trace.
 * @param step returns a tensor with the same shape and type as its first input
 * @returns the last result; the caller disposes
 */
export function repeat<T extends tf.Tensor>(
  count: number,
  initial: T,
  constants: readonly tf.Tensor[],
  step: Repeated,
): T {
  const trace = currentTrace();
  if (trace) {
    const body: LoopBody = (index, [value = initial], constants) => [step(value, index, ...constants)];
    return addLoop(trace, count, [initial], constants, body)[0] as T;
  }
  let value: tf.Tensor = tf.clone(initial);
  for (let index = 0; index < count; index++) {
    const before = value;
    value = tf.tidy(() => step(before, tf.scalar(index, 'int32'), ...constants));
    before.dispose();
  }
  return value as T;
}
