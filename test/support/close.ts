import { expect } from 'chai';
import type * as tf from '../../framework/tensorflow/tf';

/**
 * Expects every number of a tensor to be near another.
 * @param actual disposed
 * @param expected in the order of the tensor's elements, or one number for all of them
 * @param tolerance how far each may be off; float32 has 7 digits
 */
export function expectClose(actual: tf.Tensor, expected: number | readonly number[], tolerance = 1e-6): void {
  const numbers = numbersOf(actual);
  const wanted = typeof expected === 'number' ? numbers.map(() => expected) : expected;
  expect(numbers, 'the number of elements').to.have.length(wanted.length);
  for (const [index, number] of numbers.entries()) {
    expect(number, `element ${index} of [${numbers.slice(0, 20).join(', ')}]`).to.be.closeTo(wanted[index]!, tolerance);
  }
}

/** The elements of a tensor. @param tensor disposed */
export function numbersOf(tensor: tf.Tensor): number[] {
  const numbers = Array.from(tensor.dataSync());
  tensor.dispose();
  return numbers;
}

/** The largest distance between two numbers at the same place. */
export function largestError(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).to.have.length(expected.length);
  return Math.max(...actual.map((number, index) => Math.abs(number - expected[index]!)));
}

/** Mean and standard deviation. */
export function momentsOf(numbers: readonly number[]): { mean: number; deviation: number } {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(variance) };
}
