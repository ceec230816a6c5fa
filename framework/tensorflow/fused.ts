import { UserError, messageOf } from '../errors';
import { shellWord } from '../util/shell-word';
import { type Pointer, checked } from './graph/c-api';
import { withExplicitGradient } from './gradients/explicit-gradient';
import { currentTrace } from './graph/trace';
import { loadedTensorFlow } from './load';
import { nativeBackend } from './operation';
import * as tf from './tf';
import { commandName } from '../util/command-name';

/** Whether the custom operations have been loaded into TensorFlow; undefined before the first attempt. */
let areLoaded: boolean | undefined;

/** Whether the fused operations can be used in the current trace: they only run on CPUs, and neither in XLA nor in another TensorFlow. */
export function canFuse(): boolean {
  return !currentTrace()?.plain && hasKernels();
}

/** Loads the custom operations on first use. @returns whether TensorFlow has them: they must be compiled for it, and it must run on a CPU */
export function hasKernels(): boolean {
  areLoaded ??= loadKernels();
  return areLoaded;
}

function loadKernels(): boolean {
  const { kernels } = loadedTensorFlow();
  if (kernels === undefined) return false;
  try {
    checked<Pointer>('TF_LoadLibrary', kernels);
  } catch (error) {
    throw new UserError(`The fused operations cannot be loaded: ${messageOf(error)}`, {
      hints: [`Recompile them: rm ${shellWord(kernels)} && ${commandName()} setup`],
      cause: error,
    });
  }
  return true;
}

/** Options of a group normalization. */
interface GroupNormOptions {
  readonly groups: number;
  readonly epsilon: number;
  /** Whether Swish is applied to the result. */
  readonly swish: boolean;
  /** The same by ops of TensorFlow.js, of which the second-order gradient is taken. */
  readonly formula: (inputs: tf.Tensor[]) => tf.Tensor;
}

/**
 * Group normalization in one operation. Requires `canFuse`.
 * @param x float32 [batch, positions, channels]; borrowed
 * @param gamma float32 [channels]; borrowed
 * @param beta float32 [channels]; borrowed
 * @returns the shape of x; the caller disposes
 */
export function fusedGroupNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, options: GroupNormOptions): tf.Tensor {
  const { TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL } = nativeBackend().binding;
  const swish = { name: 'swish', type: TF_ATTR_BOOL, value: options.swish };
  const attributes = [
    { name: 'groups', type: TF_ATTR_INT, value: options.groups },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: options.epsilon },
    swish,
  ];
  return withExplicitGradient([x, gamma, beta], {
    compute: (inputs, save) => {
      const [value, mean, inverse] = execute('ExplabGroupNorm', attributes, inputs);
      save([mean, inverse]);
      const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => execute('ExplabGroupNormGrad', [swish], [dy, ...saved]);
      return { value, gradient };
    },
    formula: options.formula,
  });
}

/**
 * Dropout in one operation: x / (1 - rate) where the uniform draw of the seeds is at least the rate, else 0. Requires `canFuse`.
 * @param x float32; borrowed
 * @param seeds int32 [2]; borrowed
 * @param first number of draws of the seeds to skip, a multiple of 4
 * @returns the shape of x; the caller disposes
 */
export function fusedDropout(x: tf.Tensor, seeds: tf.Tensor, rate: number, first = 0): tf.Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_FLOAT, TF_ATTR_INT } = backend.binding;
  const attributes = [
    { name: 'rate', type: TF_ATTR_FLOAT, value: rate },
    { name: 'first', type: TF_ATTR_INT, value: first },
  ];
  const drop = (x: tf.Tensor, seeds: tf.Tensor): tf.Tensor =>
    backend.executeSingleOutput('ExplabDropout', attributes, [x, seeds]);
  return withExplicitGradient([x], {
    compute: (_, save) => {
      save([seeds]);
      return { value: drop(x, seeds), gradient: (dy, [, seeds]) => [drop(dy, seeds as tf.Tensor)] };
    },
    formula: ([x], [, seeds]) => tf.mul(x as tf.Tensor, drop(tf.onesLike(x as tf.Tensor), seeds as tf.Tensor)),
  });
}

type Three = [tf.Tensor, tf.Tensor, tf.Tensor];

function execute(
  type: string,
  attributes: Parameters<Backend['executeMultipleOutputs']>[1],
  inputs: tf.Tensor[],
): Three {
  return nativeBackend().executeMultipleOutputs(type, attributes, inputs, 3) as Three;
}

type Backend = ReturnType<typeof nativeBackend>;
