import { currentTrace } from './graph/trace';

/**
 * Names the operations that code adds to a graph after a part of the model or of the step, and their gradients too. Has no effect in
 * eager mode.
 * @param name its parts separated by dots, as parameters are named: `GPT.blocks.0.attention`
 */
export function named<T>(name: string, code: () => T): T {
  const trace = currentTrace();
  return trace ? trace.named(name, code) : code();
}

/** The same for a part within the current part: for example the update of one parameter within the optimizer's. */
export function namedWithin<T>(name: string, code: () => T): T {
  const trace = currentTrace();
  return trace ? trace.namedWithin(name, code) : code();
}
