import { messageOf } from '../../../framework/errors';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import type { Engine } from '../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../../framework/tensorflow/tf';
import { vjpByDifferences, weightsLike } from './differences';
import type { Operation } from './operation';

/** What was found of an operation: `yes`, or a few words. */
export interface Finding {
  readonly name: string;
  readonly forward: string;
  readonly gradient: string;
}

type Apply = Operation['apply'];
type Numbers = readonly number[];

/** Relative error of float32 in another order of the same additions. */
const BETWEEN_ENGINES = 1e-5;
/** Relative error of finite differences in float32. */
const OF_DIFFERENCES = 5e-3;

/** Runs an operation and its gradient op by op and in a graph, and compares them, and the gradient with finite differences. */
export async function measure({ name, inputs, apply }: Operation): Promise<Finding> {
  const tensors = inputs.map((input, nth) => input(nth));
  try {
    const forward = await compare((...x) => [apply(...x)], tensors);
    const gradient = forward.numbers ? await measureGradient(apply, tensors) : 'none';
    return { name, forward: forward.outcome, gradient };
  } finally {
    tf.dispose(tensors);
  }
}

async function measureGradient(apply: Apply, tensors: readonly tf.Tensor[]): Promise<string> {
  const weights = weightsLike(apply, tensors);
  const floats = tensors.filter(isFloat);
  if (!weights || floats.length === 0) return 'none';
  try {
    const gradients = (dy: tf.Tensor, ...x: tf.Tensor[]) =>
      // The product is for gradients that are dy itself: a graph cannot return an input.
      tf.grads((...changed) => apply(...replaceFloats(x, changed)))(x.filter(isFloat), tf.mul(dy, 1));
    const { outcome, numbers } = await compare(gradients, [weights, ...tensors]);
    if (!numbers) return outcome;
    const expected = floats.flatMap((x) => vjpByDifferences(apply, tensors, x, weights));
    return isClose(numbers, expected, OF_DIFFERENCES) ? outcome : `wrong: ${firstError(numbers, expected)}`;
  } finally {
    weights.dispose();
  }
}

/** @returns the numbers op by op, if there are any */
async function compare(
  step: (...x: tf.Tensor[]) => tf.Tensor[],
  tensors: readonly tf.Tensor[],
): Promise<{ outcome: string; numbers?: Numbers | undefined }> {
  const eager = await run(new EagerEngine(), step, tensors);
  const graph = await run(new GraphEngine({}), step, tensors);
  if (typeof eager === 'string') return { outcome: `no: ${eager}` };
  if (typeof graph === 'string') return { outcome: `op by op only: ${graph}`, numbers: eager };
  return { outcome: isClose(graph, eager, BETWEEN_ENGINES) ? 'yes' : 'wrong: differs in a graph', numbers: eager };
}

/** @returns all numbers of the results, or what is said instead */
async function run(
  engine: Engine,
  step: (...x: tf.Tensor[]) => tf.Tensor[],
  tensors: readonly tf.Tensor[],
): Promise<Numbers | string> {
  try {
    const results = await engine.program('step', step).run(...tensors);
    const numbers = results.flatMap((tensor) => Array.from(tensor.dataSync()));
    tf.dispose(results);
    return numbers;
  } catch (error) {
    return messageOf(error).replace(/\s+/g, ' ');
  } finally {
    engine.close();
  }
}

export const isFloat = ({ dtype }: tf.Tensor): boolean => dtype === 'float32';

/** The inputs with others for those of numbers that can be differentiated. */
function replaceFloats(inputs: readonly tf.Tensor[], floats: readonly tf.Tensor[]): tf.Tensor[] {
  const rest = [...floats];
  return inputs.map((input) => (isFloat(input) ? rest.shift()! : input));
}

/** Whether no number is further from the expected one than a fraction of the largest. */
function isClose(actual: Numbers, expected: Numbers, tolerance: number): boolean {
  const largest = Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs));
  const isNear = (number: number, index: number) =>
    Object.is(number, expected[index]) || Math.abs(number - expected[index]!) <= tolerance * largest;
  return actual.length === expected.length && actual.every(isNear);
}

function firstError(actual: Numbers, expected: Numbers): string {
  const index = actual.findIndex((number, index) => !isClose([number], [expected[index]!], OF_DIFFERENCES));
  return `element ${index} is ${actual[index]?.toPrecision(3)}, by differences ${expected[index]?.toPrecision(3)}`;
}
