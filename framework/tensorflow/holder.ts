import type * as tf from './tf';
import type { Variable } from './variable';

/** Where variables' values are while they are not with TensorFlow.js: in the graph that is being traced, or in a session. */
export interface VariableHolder {
  /** A tensor that stands for the value. @throws Error where the value cannot be had at this moment */
  tensorOf(variable: Variable): tf.Tensor;
  assign(variable: Variable, value: tf.Tensor): void;
}

/** The trace that is going on. Tracing never waits, so there is one at most. */
let current: VariableHolder | undefined;

/** The trace that is going on, if there is one. */
export function currentHolder(): VariableHolder | undefined {
  return current;
}

/** Runs code in which every variable is read from and assigned to a holder. */
export function heldBy<T>(holder: VariableHolder, code: () => T): T {
  const before = current;
  current = holder;
  try {
    return code();
  } finally {
    current = before;
  }
}
