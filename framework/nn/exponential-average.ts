import type { Engine } from '../tensorflow/engine';
import * as tf from '../tensorflow/tf';
import { applyAverage } from '../tensorflow/updates';
import { Variable } from '../tensorflow/variable';
import { type Parameter, withValues } from './parameter';

/**
 * Exponential moving average of parameters, which smooths the randomness of the last updates. Polyak and Juditsky 1992; Ho et al. 2020
 * (arXiv:2006.11239, appendix B) evaluate with a decay of 0.9999.
 *
 * The averages and the update number are the whole state, so that a resumed run is bit-identical.
 */
export class ExponentialAverage {
  /** Averages by parameter. */
  readonly variables: ReadonlyMap<Parameter, Variable>;

  /**
   * @param parameters initialized
   * @param decay fraction of the average kept by an update, in the long run; in [0, 1]
   */
  constructor(
    parameters: Iterable<Parameter>,
    private readonly decay: number,
  ) {
    const averageOf = (parameter: Parameter) => new Variable(`${parameter.name}.average`, parameter.shape);
    this.variables = new Map([...parameters].map((parameter) => [parameter, averageOf(parameter)]));
    // Placeholder values: the first update copies the parameters.
    for (const variable of this.variables.values()) variable.initialize(() => tf.fill([...variable.shape], 0));
  }

  /**
   * Updates the averages after an update of the parameters, within a step.
   * @param step the number of the update, from 1; float32, borrowed
   */
  update(step: tf.Scalar): void {
    tf.tidy(() => {
      const gain = this.gainAt(step);
      for (const [parameter, average] of this.variables) {
        // θ̄ ← d θ̄ + (1 - d) θ
        applyAverage(average, parameter.value, gain);
      }
    });
  }

  /**
   * 1 - d, with a short memory at first, so that the initial values are soon forgotten: after n previous updates,
   * d = min(decay, (1 + n) / (10 + n)), and 0 if n = 0, as in Hugging Face's EMAModel.
   */
  private gainAt(step: tf.Scalar): tf.Scalar {
    // 1 - (1 + n) / (10 + n) = 9 / (10 + n), which is more precise than the difference
    const gain = tf.maximum<tf.Scalar>(tf.div(9, tf.add(step, 9)), 1 - this.decay);
    return tf.where(tf.equal(step, 1), 1, gain);
  }

  /** Resets the averages to the current parameters. */
  async reset(engine: Engine): Promise<void> {
    const values = await engine.read([...this.variables.keys()].map(({ state }) => state));
    const averages = [...this.variables.values()];
    await engine.write(averages.map((average, index) => [average, values[index] ?? new Float32Array(average.size)]));
  }

  /** Runs code with every parameter replaced by its average. */
  withAverages<T>(code: () => T): T {
    return withValues(this.variables, code);
  }

  /** Frees the averages' tensors. */
  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}
