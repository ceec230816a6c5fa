import { contractError } from './contract';
import type { Parameter } from '../nn/parameter';
import type * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';

/** Inputs of an update besides the gradients: float32 scalars, borrowed, so that one graph serves all updates. */
export interface Update {
  /** The number of this update, from 1. */
  readonly step: tf.Scalar;
  readonly learningRate: tf.Scalar;
}

/**
 * Updates parameters by their gradients. Its state is in variables, saved in checkpoints by name; values that depend on the step number
 * are computed from it, so that a resumed run is bit-identical.
 */
export abstract class Optimizer {
  /** Creates the state variables of the parameters. Called once, after the parameters are initialized. */
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

/** Optimizer variable and its parameter, in whose layout it is saved. */
export interface OptimizerVariable {
  readonly variable: Variable;
  readonly parameter: Parameter;
}

/**
 * Checks the variables of an initialized optimizer: a checkpoint keeps them by name, in the layout of their parameters.
 * @throws UserError if two share a name, or one differs from its parameter in the number of axes
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
