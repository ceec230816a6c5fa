import * as tf from './tf';
import { attribute } from './graph/graph';
import { currentTrace } from './graph/trace';
import { namedWithin } from './named';
import type { Variable } from './variable';

/** Inputs of an Adam update; the scalars are float32, borrowed. */
export interface AdamUpdate {
  readonly m: Variable;
  readonly v: Variable;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly learningRate: tf.Scalar;
  /** The number of this update, from 1. */
  readonly step: tf.Scalar;
}

/**
 * Updates a parameter with Adam (arXiv:1412.6980, algorithm 1, in the order of computation of its section 2): with TensorFlow's fused
 * operation in a graph, eagerly otherwise.
 * @param gradient float32 of the parameter's shape; borrowed
 */
export function applyAdam(parameter: Variable, gradient: tf.Tensor, update: AdamUpdate): void {
  namedWithin(parameter.name, () => updateByAdam(parameter, gradient, update));
}

function updateByAdam(parameter: Variable, gradient: tf.Tensor, update: AdamUpdate): void {
  const { m, v, beta1, beta2, epsilon, learningRate, step } = update;
  // α_t = α √(1 - β₂ᵗ) / (1 - β₁ᵗ) and ε̂ = ε √(1 - β₂ᵗ), so that α m̂ / (√v̂ + ε) = α_t m / (√v + ε̂)
  const root = tf.sqrt(biasCorrection(beta2, step));
  const alpha = tf.div(tf.mul(learningRate, root), biasCorrection(beta1, step));
  const epsilonHat = tf.mul(root, epsilon);
  const trace = currentTrace();
  if (trace) {
    // With powers of 0 the operation applies no bias correction: α_t includes it, in full precision.
    const zero = tf.scalar(0);
    const scalars = [zero, zero, alpha, tf.scalar(beta1), tf.scalar(beta2), epsilonHat, gradient];
    const handles = [parameter, m, v].map((variable) => trace.handleOf(variable));
    trace.update([parameter, m, v], 'ResourceApplyAdam', [...handles, ...scalars.map((each) => trace.outputOf(each))]);
    return;
  }
  // m_t = m_{t-1} + (1 - β₁) (g - m_{t-1}),  v_t = v_{t-1} + (1 - β₂) (g² - v_{t-1})
  m.assign(tf.add(m.value, tf.mul(tf.sub(gradient, m.value), 1 - beta1)));
  v.assign(tf.add(v.value, tf.mul(tf.sub(tf.square(gradient), v.value), 1 - beta2)));
  // θ_t = θ_{t-1} - α_t m_t / (√v_t + ε̂)
  parameter.assign(tf.sub(parameter.value, tf.div(tf.mul(m.value, alpha), tf.add(tf.sqrt(v.value), epsilonHat))));
}

/** Inputs of a momentum update. */
export interface MomentumUpdate {
  readonly velocity: Variable;
  readonly momentum: number;
  /** Whether to use Nesterov momentum. */
  readonly nesterov: boolean;
  /** float32, borrowed. */
  readonly learningRate: tf.Scalar;
}

/**
 * Updates a parameter by stochastic gradient descent with momentum, as `torch.optim.SGD` does: v_t = μ v_{t-1} + g, θ_t = θ_{t-1} - α v_t,
 * or with Nesterov's θ_t = θ_{t-1} - α (g + μ v_t).
 * @param gradient float32 of the parameter's shape; borrowed
 */
export function applyMomentum(parameter: Variable, gradient: tf.Tensor, update: MomentumUpdate): void {
  namedWithin(parameter.name, () => updateByMomentum(parameter, gradient, update));
}

function updateByMomentum(parameter: Variable, gradient: tf.Tensor, update: MomentumUpdate): void {
  const { velocity, momentum, nesterov, learningRate } = update;
  const trace = currentTrace();
  if (trace) {
    const inputs = [learningRate, gradient, tf.scalar(momentum)].map((each) => trace.outputOf(each));
    const handles = [parameter, velocity].map((variable) => trace.handleOf(variable));
    const setters = [attribute.bool('use_nesterov', nesterov)];
    trace.update([parameter, velocity], 'ResourceApplyMomentum', [...handles, ...inputs], setters);
    return;
  }
  velocity.assign(tf.add(tf.mul(velocity.value, momentum), gradient));
  const direction = nesterov ? tf.add(gradient, tf.mul(velocity.value, momentum)) : velocity.value;
  parameter.assign(tf.sub(parameter.value, tf.mul(direction, learningRate)));
}

/**
 * Moves an average towards a value, θ̄ ← θ̄ - g (θ̄ - θ): in a graph with one in-place operation.
 * @param value float32 of the average's shape; borrowed
 * @param gain g, a float32 scalar; borrowed
 */
export function applyAverage(average: Variable, value: tf.Tensor, gain: tf.Scalar): void {
  const distance = tf.sub(average.value, value);
  const trace = currentTrace();
  if (trace) {
    const inputs = [trace.handleOf(average), trace.outputOf(gain), trace.outputOf(distance)];
    trace.update([average], 'ResourceApplyGradientDescent', inputs);
    return;
  }
  average.assign(tf.sub(average.value, tf.mul(distance, gain)));
}

/** 1 - βᵗ, without cancellation. */
function biasCorrection(beta: number, step: tf.Scalar): tf.Scalar {
  return tf.neg(tf.expm1(tf.mul(step, Math.log(beta))));
}
