import { UserError } from '../errors';
import * as tf from '../tensorflow/tf';
import { ones, zeros } from './initializers';
import { Module } from './module';
import { Parameter } from './parameter';

/** As in PyTorch. */
const EPSILON = 1e-5;

/** Group normalization: Wu and He 2018, arXiv:1803.08494, eq. 1 and 2. */
export class GroupNorm extends Module {
  /** γ: float32 [channels]. */
  readonly weight: Parameter;
  /** β: float32 [channels]. */
  readonly bias: Parameter;

  /** @throws UserError where the groups do not divide the channels */
  constructor(
    private readonly groups: number,
    private readonly channels: number,
  ) {
    super();
    if (channels % groups !== 0) {
      throw new UserError(`A group normalization of ${channels} channels cannot have ${groups} groups.`, {
        hints: ['The number of groups must divide the number of channels.'],
      });
    }
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
  }

  /** @param x float32 [batch, height, width, channels]; borrowed @returns the same shape; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, height, width] = x.shape;
      const grouped = tf.reshape(x, [batch, height * width, this.groups, this.channels / this.groups]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      // x̂ = (x - μ) / √(σ² + ε), y = γ x̂ + β
      const normalized = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, EPSILON)));
      const y = tf.reshape(normalized, x.shape);
      return tf.add(tf.mul(y, this.weight.value), this.bias.value);
    });
  }
}
