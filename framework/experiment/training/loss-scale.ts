import type { Engine } from '../../tensorflow/engine';
import * as tf from '../../tensorflow/tf';
import { Variable } from '../../tensorflow/variable';

/**
 * Dynamic loss scale, which keeps small gradients from underflowing in float16: as large as possible without overflow.
 * Micikevicius et al. 2018, arXiv:1710.03740, section 3.2; its constants are those of `torch.amp.GradScaler`.
 */
export class LossScale {
  /** float32 [2]: the scale, and the number of updates since it changed. Saved in checkpoints. */
  readonly variable = new Variable('loss_scale', [2]);

  /**
   * @param initial initial scale
   * @param growthInterval number of successful updates in a row after which the scale is doubled
   */
  constructor(
    initial = 2 ** 16,
    private readonly growthInterval = 2000,
  ) {
    this.variable.initialize(() => tf.tensor1d([initial, 0]));
  }

  /** float32, within a step; the caller disposes. */
  get value(): tf.Scalar {
    return tf.tidy(() => tf.reshape<tf.Rank.R0>(tf.slice(this.variable.value, 0, 1), []));
  }

  /** Counts a successful update, within a step. */
  succeeded(): void {
    tf.tidy(() => {
      const [scale, count] = tf.split(this.variable.value, 2) as [tf.Tensor1D, tf.Tensor1D];
      const grows = tf.cast(tf.greaterEqual(tf.add(count, 1), this.growthInterval), 'float32');
      const counted = tf.mul(tf.add(count, 1), tf.sub(1, grows));
      this.variable.assign(tf.concat([tf.mul(scale, tf.add(1, grows)), counted]));
    });
  }

  /** Halves the scale after an overflow. @returns false if the scale falls below 1: the values themselves are not finite */
  async halve(engine: Engine): Promise<boolean> {
    const [[scale = 0] = []] = await engine.read([this.variable]);
    await engine.write([[this.variable, Float32Array.of(scale / 2, 0)]]);
    return scale / 2 >= 1;
  }

  dispose(): void {
    this.variable.dispose();
  }
}
