import { contractError } from './contract';
import type { Parameter } from '../nn/parameter';
import type * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';

/** What an update is told besides the gradients: float32 scalars, borrowed, so that a graph need not be built anew for each. */
export interface Update {
  /** The number of this update, from 1. */
  readonly step: tf.Scalar;
  readonly learningRate: tf.Scalar;
}

/**
 * Changes parameters by their gradients. Its state is in variables, saved with a checkpoint by name; whatever follows from the step's
 * number is computed from it, so that a resumed run continues to the bit.
 */
export abstract class Optimizer {
  /** Makes the variables that go with the parameters, at their first values. Called once, after the parameters have theirs. */
  abstract initialize(parameters: readonly Parameter[]): void;

  /** The optimizer's own variables, named `<parameter>.<slot>` as in PyTorch's state: `final.weight.exp_avg`. */
  abstract readonly variables: readonly OptimizerVariable[];

  /** @param gradients by parameter; a parameter without one keeps its value; borrowed */
  abstract apply(gradients: ReadonlyMap<Parameter, tf.Tensor>, update: Update): void;

  /** Frees the variables' tensors. */
  dispose(): void {
    for (const { variable } of this.variables) variable.dispose();
  }
}

/** A variable of an optimizer and the parameter that it goes with, in whose layout it is saved. */
export interface OptimizerVariable {
  readonly variable: Variable;
  readonly parameter: Parameter;
}

/**
 * Checks the variables of an initialized optimizer: a checkpoint keeps them by name, in the layout of their parameters.
 * @throws UserError where two have one name, or one has other axes than its parameter
 */
export function checkVariables(optimizer: Optimizer): void {
  const names = new Set<string>();
  for (const { variable, parameter } of optimizer.variables) {
    const { name, shape } = variable;
    if (names.has(name)) throw contractError(optimizer, 'variables', 'a name for each', `${name} twice`);
    names.add(name);
    if (shape.length === parameter.shape.length) continue;
    throw contractError(optimizer, name, `${parameter.shape.length} axes, as its parameter has`, shape.length);
  }
}
