import { named } from '../tensorflow/named';
import { float32Operation } from '../tensorflow/operation';
import * as tf from '../tensorflow/tf';
import type { Parameter } from './parameter';

/** A loss and its gradients, owned by the caller. */
export interface Gradients {
  readonly value: tf.Scalar;
  /** By parameter. Parameters that the loss does not depend on have none, as in PyTorch. */
  readonly gradients: ReadonlyMap<Parameter, tf.Tensor>;
}

/** Differentiates a loss with respect to parameters. */
export function gradientsOf(loss: () => tf.Scalar, parameters: readonly Parameter[]): Gradients {
  const values = parameters.map((parameter) => parameter.value);
  const differentiate = () => tf.engine().gradients(() => named('loss', loss), values, undefined, true);
  const { value, grads } = named('gradients', differentiate);
  const gradients = new Map<Parameter, tf.Tensor>();
  for (const [index, parameter] of parameters.entries()) {
    const gradient = grads[index] as tf.Tensor | null | undefined;
    if (gradient) gradients.set(parameter, gradient);
  }
  return { value, gradients };
}

/** Global norm of all gradients; not finite if one of them is not. @param gradients borrowed @returns float32; the caller disposes */
export function globalNorm(gradients: ReadonlyMap<Parameter, tf.Tensor>): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.mul(2, tf.addN<tf.Scalar>([...gradients.values()].map(halfSquaredNorm)))));
}

/** ½ Σ g² in one pass over memory, instead of two for square and sum. @returns float32; the caller disposes */
export function halfSquaredNorm(gradient: tf.Tensor): tf.Scalar {
  return float32Operation('L2Loss', [gradient]) as tf.Scalar;
}

/**
 * Scales gradients down to a global norm of at most `maxNorm`, as `torch.nn.utils.clip_grad_norm_` does.
 * @param gradients borrowed
 * @param norm global norm; borrowed
 * @returns new tensors, owned by the caller
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<Parameter, tf.Tensor>,
  norm: tf.Scalar,
  maxNorm: number,
): Map<Parameter, tf.Tensor> {
  const factor = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  return new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.mul(gradient, factor)]));
}
