import { UserError } from '../errors';
import type { Optimizer, Update } from '../kinds/optimizer';
import type { Module } from '../nn/module';
import type { Parameter } from '../nn/parameter';
import type { Random } from '../random/random';
import * as tf from '../tensorflow/tf';

/** The loss of a batch. @param inputs borrowed @param random where the step draws @returns a float32 scalar */
export type Loss<T extends tf.Tensor> = (inputs: T, random: Random) => tf.Scalar;

/** One update of a model: loss, gradients, optimizer. */
export class TrainingStep<T extends tf.Tensor> {
  private readonly parameters: readonly Parameter[];

  /** The model must be initialized. @param random draws differently at each step */
  constructor(
    model: Module,
    private readonly optimizer: Optimizer,
    private readonly loss: Loss<T>,
    private readonly random: Random,
  ) {
    this.parameters = [...model.parameters()].map(([, parameter]) => parameter);
    optimizer.initialize(this.parameters);
  }

  /**
   * @param inputs borrowed
   * @returns the loss before the update
   * @throws UserError where the loss is not finite; the parameters keep their values
   */
  async run(inputs: T, update: Update): Promise<number> {
    const { value, gradients } = this.gradients(inputs, update.step);
    try {
      const [loss = NaN] = await value.data();
      if (!Number.isFinite(loss)) throw diverged(loss, update);
      this.optimizer.apply(gradients, update);
      return loss;
    } finally {
      tf.dispose([value, ...gradients.values()]);
    }
  }

  private gradients(inputs: T, step: number): { value: tf.Scalar; gradients: Map<Parameter, tf.Tensor> } {
    const variables = this.parameters.map((parameter) => parameter.value);
    const { value, grads } = tf.variableGrads(() => this.loss(inputs, this.random.at(step)), variables);
    const gradients = new Map<Parameter, tf.Tensor>();
    for (const parameter of this.parameters) {
      // A parameter that the loss does not depend on has no gradient, as in PyTorch.
      const gradient = grads[parameter.value.name];
      if (gradient) gradients.set(parameter, gradient);
    }
    return { value, gradients };
  }
}

function diverged(loss: number, { step, learningRate }: Update): UserError {
  return new UserError(`The loss is ${loss} at step ${step}: training has diverged.`, {
    hints: [`The parameters were not changed by it. Try a lower learning rate than ${learningRate}.`],
  });
}
