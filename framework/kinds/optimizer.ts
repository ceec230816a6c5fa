import { UserError } from '../errors';
import type { Parameter } from '../nn/parameter';
import * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';
import { contractError, pluginName } from './contract';
import type { OptimizerSettings } from './parameter-groups';
import { type ParameterGroup, groupsOf } from './parameter-groups';

/** Inputs of an update besides the gradients: float32 scalars, borrowed, so that one graph serves all updates. */
export interface Update {
  /** The number of this update, from 1. */
  readonly step: tf.Scalar;
  readonly learningRate: tf.Scalar;
  /** Weight decay of these parameters; that of the optimizer if undefined. */
  readonly weightDecay?: number | undefined;
}

/**
 * Updates parameters by their gradients. Its state is in variables, saved in checkpoints by name; values that depend on the step number
 * are computed from it, so that a resumed run is bit-identical.
 *
 * Groups of parameters are handled here: an optimizer is initialized without the frozen ones, and applied to each group.
 */
export abstract class Optimizer {
  private groups: readonly ParameterGroup[] = [];

  /** @param options those of an optimizer with the setting `groups` */
  constructor(private readonly options?: OptimizerSettings) {}

  /** True if it has weight decay, so that a group can have its own. */
  protected readonly hasWeightDecay: boolean = false;

  /**
   * Groups the parameters, and initializes those that are not frozen.
   * @returns these
   * @throws UserError if the groups do not fit the parameters
   */
  prepare(parameters: readonly Parameter[]): readonly Parameter[] {
    this.groups = groupsOf(this, parameters, this.options?.groups ?? {});
    if (!this.hasWeightDecay && this.groups.some(({ decay }) => decay !== undefined)) throw noWeightDecay(this);
    const trainable = parameters.filter((parameter) => this.groups.some((group) => group.parameters.has(parameter)));
    this.initialize(trainable);
    checkVariables(this);
    return trainable;
  }

  /** Updates each group. @param gradients by parameter; borrowed @param update borrowed */
  update(gradients: ReadonlyMap<Parameter, tf.Tensor>, update: Update): void {
    for (const { parameters, rate, decay } of this.groups) {
      const own = new Map([...gradients].filter(([parameter]) => parameters.has(parameter)));
      tf.tidy(() => {
        const learningRate = rate === 1 ? update.learningRate : tf.mul<tf.Scalar>(update.learningRate, rate);
        this.apply(own, { ...update, learningRate, weightDecay: decay });
      });
    }
  }

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

function noWeightDecay(optimizer: Optimizer): UserError {
  return new UserError(`${pluginName(optimizer)}: groups: it has no weight decay, so that decay cannot be set.`, {
    hints: ['Choose an optimizer with weight decay, such as optimizer=AdamW.'],
  });
}
