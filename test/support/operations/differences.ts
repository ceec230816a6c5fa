import * as tf from '../../../framework/tensorflow/tf';
import type { Operation } from './operation';

const STEP = 5e-3;

/** Weights of an operation's result, by which its elements are added up: sin(i + 1). Undefined for integers and booleans. */
export function weightsLike(apply: Operation['apply'], inputs: readonly tf.Tensor[]): tf.Tensor | undefined {
  const result = apply(...inputs);
  const { dtype, size, shape } = result;
  result.dispose();
  if (dtype !== 'float32') return undefined;
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index + 1)),
    shape,
  );
}

/**
 * The gradient of Σ w_i y_i by one input, by central differences of the operation run op by op. The sum is of float64, and the step is the
 * one that float32 has taken.
 */
export function vjpByDifferences(
  apply: Operation['apply'],
  inputs: readonly tf.Tensor[],
  input: tf.Tensor,
  weights: tf.Tensor,
): number[] {
  const w = Array.from(weights.dataSync());
  const numbers = Array.from(input.dataSync());
  const at = (index: number, number: number) =>
    tf.tidy(() => {
      const moved = tf.tensor(Float32Array.from(numbers).fill(number, index, index + 1), input.shape);
      return apply(...inputs.map((each) => (each === input ? moved : each))).dataSync();
    });
  return numbers.map((number, index) => {
    const [before, after] = [Math.fround(number - STEP), Math.fround(number + STEP)];
    const [y0, y1] = [at(index, before), at(index, after)];
    return w.reduce((sum, weight, i) => sum + (weight * (y1[i]! - y0[i]!)) / (after - before), 0);
  });
}
