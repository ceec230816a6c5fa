import { DataType } from './graph/c-api';
import { attribute } from './graph/graph';
import { currentTrace } from './graph/trace';
import type * as tf from './tf';

/** Identifies the error, which TensorFlow reports as text. */
const NOT_FINITE = 'explab: not finite';

/**
 * Prevents this step from updating variables unless all elements of a value are finite. Must be called before the updates: in a graph, later
 * assignments wait for the check.
 * @param value borrowed
 * @throws Error recognized by `isNotFinite`: here, or when the graph runs
 */
export function requireFinite(value: tf.Tensor): void {
  const trace = currentTrace();
  if (trace) {
    const setters = [attribute.type('T', DataType.float32), attribute.string('message', NOT_FINITE)];
    trace.updateAfter(trace.graph.add('CheckNumerics', [trace.outputOf(value)], setters));
  } else if (!value.dataSync().every(Number.isFinite)) throw new Error(NOT_FINITE);
}

export function isNotFinite(error: unknown): boolean {
  return error instanceof Error && error.message.includes(NOT_FINITE);
}
