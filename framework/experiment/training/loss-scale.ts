import type { Engine } from '../../tensorflow/engine';
import * as tf from '../../tensorflow/tf';
import { Variable } from '../../tensorflow/variable';

/**
 * A factor on the loss that keeps small gradients from vanishing in float16: as large as it can be without an overflow.
 * Micikevicius et al. 2018, arXiv:1710.03740, section 3.2; its numbers are those of `torch.amp.GradScaler`.
 */
export class LossScale {
  /** float32 [2]: the scale, and the updates since it changed. A checkpoint keeps it. */
  readonly variable = new Variable('loss_scale', [2]);

  /**
   * @param first the scale to begin with
   * @param patience updates in a row after which a scale twice as large is tried
   */
  constructor(
    first = 2 ** 16,
    private readonly patience = 2000,
  ) {
    this.variable.initialize(() => tf.tensor1d([first, 0]));
  }

  /** float32, within a step; the caller disposes. */
  get value(): tf.Scalar {
    return tf.tidy(() => tf.reshape<tf.Rank.R0>(tf.slice(this.variable.value, 0, 1), []));
  }

  /** Counts an update that succeeded, within a step. */
  succeeded(): void {
    tf.tidy(() => {
      const [scale, count] = tf.split(this.variable.value, 2) as [tf.Tensor1D, tf.Tensor1D];
      const grows = tf.cast(tf.greaterEqual(tf.add(count, 1), this.patience), 'float32');
      const counted = tf.mul(tf.add(count, 1), tf.sub(1, grows));
      this.variable.assign(tf.concat([tf.mul(scale, tf.add(1, grows)), counted]));
    });
  }

  /** Halves the scale after an overflow. @returns whether that can help: a scale below 1 means that the numbers are at fault */
  async halve(engine: Engine): Promise<boolean> {
    const [[scale = 0] = []] = await engine.read([this.variable]);
    await engine.write([[this.variable, Float32Array.of(scale / 2, 0)]]);
    return scale / 2 >= 1;
  }

  dispose(): void {
    this.variable.dispose();
  }
}
