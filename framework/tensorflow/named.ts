import { currentTrace } from './graph/trace';

/**
 * Has the operations that code adds to a graph named after a part of the model or of the step; their gradients too. Op by op, nothing has
 * a name.
 * @param name its parts separated by dots, as parameters are named: `UNet.down.0.res`
 */
export function named<T>(name: string, code: () => T): T {
  const trace = currentTrace();
  return trace ? trace.named(name, code) : code();
}

/** The same for a part of what is going on: of what the optimizer does, say, the update of one parameter. */
export function namedWithin<T>(name: string, code: () => T): T {
  const trace = currentTrace();
  return trace ? trace.namedWithin(name, code) : code();
}
