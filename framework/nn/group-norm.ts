import { UserError } from '../errors';
import { canFuse, fusedGroupNorm } from '../tensorflow/fused';
import { withExplicitGradient } from '../tensorflow/gradients/explicit-gradient';
import * as tf from '../tensorflow/tf';
import { swish } from './functional';
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

  /** @throws UserError if the groups do not divide the channels */
  constructor(
    private readonly groups: number,
    private readonly channels: number,
  ) {
    super();
    if (channels % groups !== 0) {
      throw new UserError(`Group normalization: ${groups} groups do not divide ${channels} channels.`, {
        hints: ['The number of groups must divide the number of channels.'],
      });
    }
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
  }

  /** @param x float32 [batch, height, width, channels]; borrowed @returns the same shape; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.normalize(x, false);
  }

  /** swish(forward(x)), fused if possible. @param x as above @returns the same shape; the caller disposes */
  forwardSwish(x: tf.Tensor4D): tf.Tensor4D {
    return this.normalize(x, true);
  }

  private normalize(x: tf.Tensor4D, activate: boolean): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, height, width] = x.shape;
      const { groups } = this;
      const positions = tf.reshape<tf.Rank.R3>(x, [batch, height * width, this.channels]);
      const [gamma, beta] = [this.weight.value as tf.Tensor1D, this.bias.value as tf.Tensor1D];
      if (canFuse()) {
        const plain = formula(groups);
        const options = { groups, epsilon: EPSILON, swish: activate, formula: activate ? swished(plain) : plain };
        return tf.reshape(fusedGroupNorm(positions, gamma, beta, options), x.shape);
      }
      const y = tf.reshape<tf.Rank.R4>(groupNorm(positions, gamma, beta, groups), x.shape);
      return activate ? swish(y) : y;
    });
  }
}

/**
 * x̂ = (x - μ) / √(σ² + ε), y = γ x̂ + β, with an explicit gradient: half the passes over memory of differentiating each op.
 * Values that only depend on a group are computed on [batch, 1, channels].
 * @param x float32 [batch, positions, channels]
 */
function groupNorm(x: tf.Tensor3D, gamma: tf.Tensor1D, beta: tf.Tensor1D, groups: number): tf.Tensor3D {
  return withExplicitGradient([x, gamma, beta], {
    compute: (_, save) => {
      const mean = groupMean(tf.mean(x, 1, true), groups);
      const variance = groupMean(tf.mean(tf.squaredDifference(x, mean), 1, true), groups);
      const inverse = tf.rsqrt(tf.add(variance, EPSILON));
      // y = x (γ / σ) + (β - μ γ / σ)
      const scale = tf.mul(inverse, gamma);
      save([mean, inverse]);
      const value = tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
      return { value, gradient: (dy, saved) => groupNormGradient(dy as tf.Tensor3D, saved, groups) };
    },
    formula: formula(groups),
  }) as tf.Tensor3D;
}

type Formula = (inputs: tf.Tensor[]) => tf.Tensor;

/** The same by ops of TensorFlow.js alone, which can be differentiated any number of times. */
function formula(groups: number): Formula {
  return (inputs) => {
    const [x, gamma, beta] = inputs as [tf.Tensor3D, tf.Tensor1D, tf.Tensor1D];
    const [batch, positions, channels] = x.shape;
    const grouped = tf.reshape(x, [batch, positions, groups, channels / groups]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true);
    const normalized = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, EPSILON)));
    return tf.add(tf.mul(tf.reshape(normalized, x.shape), gamma), beta);
  };
}

function swished(formula: Formula): Formula {
  return (inputs) => swish(formula(inputs));
}

/** ∂L/∂x = (γ dy - mean(γ dy) - x̂ mean(γ dy x̂)) / σ, the means over a group; ∂L/∂γ = Σ dy x̂; ∂L/∂β = Σ dy. */
function groupNormGradient(dy: tf.Tensor3D, saved: tf.Tensor[], groups: number): tf.Tensor[] {
  const [x, gamma, , mean, inverse] = saved as [tf.Tensor3D, tf.Tensor1D, tf.Tensor1D, tf.Tensor3D, tf.Tensor3D];
  const positions = x.shape[1];
  const sum = tf.sum(dy, 1, true);
  // Σ dy x̂ = (Σ dy x - μ Σ dy) / σ
  const product = tf.mul(tf.sub(tf.sum(tf.mul(dy, x), 1, true), tf.mul(mean, sum)), inverse);
  const first = tf.div(groupMean(tf.mul(sum, gamma), groups), positions);
  const second = tf.div(groupMean(tf.mul(product, gamma), groups), positions);
  // ∂L/∂x = dy (γ / σ) + x a + b, where a = -mean(γ dy x̂) / σ² and b = -(mean(γ dy) / σ + μ a)
  const a = tf.neg(tf.mul(second, tf.square(inverse)));
  const b = tf.neg(tf.add(tf.mul(first, inverse), tf.mul(mean, a)));
  const dx = tf.add(tf.add(tf.mul(dy, tf.mul(inverse, gamma)), tf.mul(x, a)), b);
  return [dx, tf.sum(product, [0, 1]), tf.sum(sum, [0, 1])];
}

/** Mean over the channels of each group, broadcast to its channels. @param x float32 [batch, 1, channels] */
function groupMean(x: tf.Tensor, groups: number): tf.Tensor3D {
  const [batch = 1, , channels = 1] = x.shape;
  const size = channels / groups;
  if (size === 1) return x as tf.Tensor3D;
  const means = tf.mean(tf.reshape(x, [batch, groups, size]), 2, true);
  return tf.reshape(tf.tile(means, [1, 1, size]), [batch, 1, channels]);
}
