import { UserError } from '../errors';
import type { Optimizer } from '../kinds/optimizer';
import { clipByGlobalNorm, gradientsOf } from '../nn/gradients';
import type { Module } from '../nn/module';
import type { Random } from '../random/random';
import type { Engine, Program } from '../tensorflow/engine';
import { isNotFinite, requireFinite } from '../tensorflow/finite';
import * as tf from '../tensorflow/tf';

/** The loss of a batch. @param inputs borrowed @param random where the step draws @returns a float32 scalar */
export type Loss<Inputs extends tf.Tensor[]> = (inputs: Inputs, random: Random) => tf.Scalar;

/** What an update is told besides the batch. */
export interface UpdateOptions {
  /** The number of this update, from 1. */
  readonly step: number;
  readonly learningRate: number;
}

/** One update of a model: loss, gradients, optimizer. */
export class TrainingStep<Inputs extends tf.Tensor[]> {
  private readonly program: Program;

  /**
   * The model must be initialized.
   * @param random draws differently at each step
   * @param maxNorm of all gradients together, where they are to be clipped
   */
  constructor(
    engine: Engine,
    model: Module,
    optimizer: Optimizer,
    loss: Loss<Inputs>,
    random: Random,
    maxNorm?: number,
  ) {
    const parameters = [...model.parameters()].map(([, parameter]) => parameter);
    optimizer.initialize(parameters);
    this.program = engine.program('train', (step, learningRate, ...inputs) => {
      const at = random.at(step as tf.Scalar);
      const { value, gradients } = gradientsOf(() => loss(inputs as Inputs, at), parameters);
      requireFinite(value);
      const clipped = maxNorm === undefined ? gradients : clipByGlobalNorm(gradients, maxNorm);
      optimizer.apply(clipped, {
        step: tf.cast(step as tf.Scalar, 'float32'),
        learningRate: learningRate as tf.Scalar,
      });
      return [value];
    });
  }

  /**
   * @param inputs borrowed
   * @returns the loss before the update
   * @throws UserError where the loss is not finite; the parameters keep their values
   */
  async run(inputs: Inputs, { step, learningRate }: UpdateOptions): Promise<number> {
    const scalars = [tf.scalar(step, 'int32'), tf.scalar(learningRate)];
    try {
      const [value] = await this.program.run(...scalars, ...inputs);
      const [loss = NaN] = (await value?.data()) ?? [];
      value?.dispose();
      return loss;
    } catch (error) {
      throw isNotFinite(error) ? diverged(step, learningRate) : error;
    } finally {
      tf.dispose(scalars);
    }
  }
}

function diverged(step: number, learningRate: number): UserError {
  return new UserError(`The loss is not finite at step ${step}: training has diverged.`, {
    hints: [`The parameters were not changed by it. Try a lower learning rate than ${learningRate}.`],
  });
}
