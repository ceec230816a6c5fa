import { UserError } from '../errors';
import * as tf from '../tensorflow/tf';
import { Buffer } from './buffer';
import { ones, zeros } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** Options of batch normalization. */
export interface BatchNormOptions {
  /** ε, added to the variance; 1e-5 by default. */
  readonly epsilon?: number;
  /** Weight of a batch in the running statistics; 0.1 by default. */
  readonly momentum?: number;
}

/**
 * Batch normalization: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1 in training and its running statistics otherwise. PyTorch's
 * `nn.BatchNorm1d` and `nn.BatchNorm2d`.
 */
export class BatchNorm extends Module {
  /** γ: float32 [channels]. */
  readonly weight: Parameter;
  /** β: float32 [channels]. */
  readonly bias: Parameter;
  /** float32 [channels]. */
  readonly runningMean: Buffer;
  /** Unbiased: float32 [channels]. */
  readonly runningVar: Buffer;
  private readonly epsilon: number;
  private readonly momentum: number;

  constructor(channels: number, { epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {}) {
    super();
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
    this.runningMean = new Buffer([channels], zeros);
    this.runningVar = new Buffer([channels], ones);
    this.epsilon = epsilon;
    this.momentum = momentum;
  }

  /**
   * γ (x - μ) / √(σ² + ε) + β.
   * @param x float32 [batch, ..., channels]; borrowed
   * @param training whether μ and σ² are those of the batch, and update the running statistics, which they are otherwise
   * @returns the shape of x; the caller disposes
   * @throws UserError in training if there is only one value per channel
   */
  forward<T extends tf.Tensor>(x: T, training: boolean): T {
    return tf.tidy((): T => {
      if (!training) return this.normalize(tf.sub<T>(x, this.runningMean.value), this.runningVar.value);
      const axes = x.shape.slice(1).map((_, axis) => axis);
      const mean = tf.mean(x, axes);
      const deviation = tf.sub<T>(x, mean);
      const variance = tf.mean(tf.square(deviation), axes);
      this.track(mean, variance, countPerChannel(x));
      return this.normalize(deviation, variance);
    });
  }

  private normalize<T extends tf.Tensor>(deviation: T, variance: tf.Tensor): T {
    const scale = tf.mul(this.weight.value, tf.rsqrt(tf.add(variance, this.epsilon)));
    return tf.add(tf.mul(deviation, scale), this.bias.value);
  }

  /** Updates the running statistics. @param count n, the number of values per channel */
  private track(mean: tf.Tensor, variance: tf.Tensor, count: number): void {
    const { momentum } = this;
    // r ← (1 - m) r + m s
    const average = (running: tf.Tensor, batch: tf.Tensor) =>
      tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum));
    this.runningMean.update((running) => average(running, mean));
    // σ² n / (n - 1) is the unbiased variance.
    this.runningVar.update((running) => average(running, tf.mul(variance, count / (count - 1))));
  }
}

function countPerChannel({ shape }: tf.Tensor): number {
  const count = shape.slice(0, -1).reduce((product, side) => product * side, 1);
  if (count > 1) return count;
  throw new UserError(
    `Batch normalization in training: expected several values per channel, got x [${shape.join(', ')}].`,
    {
      hints: ['A single value has no variance: choose a larger batchSize, or fewer microBatches or workers.'],
    },
  );
}
