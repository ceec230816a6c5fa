import { DataType } from './graph/c-api';
import { attribute } from './graph/graph';
import { currentTrace } from './graph/trace';
import type * as tf from './tf';

/** By this the error is known again, which comes as a text from TensorFlow. */
const NOT_FINITE = 'explab: not finite';

/**
 * Lets no variable be changed by this step unless a number is finite. Call it before they are: in a graph whatever is assigned after it
 * waits for the check.
 * @param value borrowed
 * @throws Error that `isNotFinite` knows: here, or when the graph runs
 */
export function requireFinite(value: tf.Scalar): void {
  const trace = currentTrace();
  if (trace) {
    const setters = [attribute.type('T', DataType.float32), attribute.string('message', NOT_FINITE)];
    trace.updateAfter(trace.graph.add('CheckNumerics', [trace.outputOf(value)], setters));
  } else if (!Number.isFinite(value.dataSync()[0])) throw new Error(NOT_FINITE);
}

export function isNotFinite(error: unknown): boolean {
  return error instanceof Error && error.message.includes(NOT_FINITE);
}
