import { optional, value } from '../../config/declare/declare';
import { UserError } from '../../errors';
import { EagerEngine } from '../../tensorflow/eager-engine';
import type { Engine } from '../../tensorflow/engine';
import { canFuse } from '../../tensorflow/fused';
import { GraphEngine } from '../../tensorflow/graph/graph-engine';
import type { ClusterOptions } from '../../tensorflow/graph/session-config';
import { loadTensorFlow, loadedTensorFlow } from '../../tensorflow/load';
import { hasBFloat16 } from '../../tensorflow/processor';
import { type CompileMode, compileModeOn } from './compile-mode';

/** Settings of the computation of steps. */
export class ComputeSettings {
  /** Execution mode of steps: as a graph, as a graph compiled by XLA, or op by op (false) for debugging. */
  compile = value('auto', { choices: ['auto', 'graph', 'xla', 'false'], role: 'meta' });
  /** Number format of matrix products and convolutions; parameters and sums stay float32. */
  precision = value('float32', { choices: ['float32', 'bfloat16', 'float16'] });
  /** Device to compute on: a GPU if TensorFlow finds one (auto), the CPU, or a GPU by its index. */
  device = value('auto', {
    choices: ['auto', 'cpu', 'gpu:0', 'gpu:1', 'gpu:2', 'gpu:3', 'gpu:4', 'gpu:5', 'gpu:6', 'gpu:7'],
    role: 'meta',
  });
  /** Allocation of GPU memory on demand, instead of all of it at once. */
  memoryGrowth = value(true, { role: 'meta' });
  /** Number of TensorFlow threads; TensorFlow's default if not set. */
  threads = optional('number', { integer: true, min: 1, max: 127, role: 'meta' });
}

/** Loads TensorFlow with the settings; only the first call of a process has an effect. @throws UserError if they are not available */
export async function loadFor({ compile, device, memoryGrowth, threads }: ComputeSettings): Promise<void> {
  // Only XLA on CPUs needs a flag, and before TensorFlow is loaded: whether there is a GPU is known afterwards.
  await loadTensorFlow({ xla: compileModeOn('cpu', compile) === 'xla', device, memoryGrowth, threads });
}

/**
 * Creates the engine that runs the steps. TensorFlow must be loaded.
 * @param cluster for one of several workers
 * @throws UserError if the machine does not support the settings
 */
export function engineFor(settings: ComputeSettings, cluster?: ClusterOptions): Engine {
  const { precision, threads } = settings;
  const mode = loadedMode(settings);
  const problem = precisionProblem(precision, mode, loadedDevice());
  if (problem) throw precisionError(precision, problem);
  if (mode === 'false') return new EagerEngine();
  return new GraphEngine({ threads, xla: mode === 'xla', precision, cluster });
}

/** Describes in one line how steps are computed. TensorFlow must be loaded. */
export function describeCompute(settings: ComputeSettings): string {
  const { precision, threads } = settings;
  const modes = { graph: 'a graph', xla: 'a graph compiled by XLA', false: 'op by op' };
  const mode = loadedMode(settings);
  const fused = mode !== 'xla' && canFuse() ? ', with fused operations' : '';
  const device = loadedDevice() === 'gpu' ? 'the GPU' : `the CPU${threads === undefined ? '' : `, ${threads} threads`}`;
  return `Computing on ${device}: each step ${modes[mode]}${fused}, ${precision}.`;
}

function loadedMode({ compile }: ComputeSettings): CompileMode {
  return compileModeOn(loadedDevice(), compile);
}

function loadedDevice(): 'cpu' | 'gpu' {
  return loadedTensorFlow().gpu ? 'gpu' : 'cpu';
}

/** Why a number format cannot be used, and the setting to use instead. */
export interface PrecisionProblem {
  readonly reason: string;
  readonly instead: string;
}

/** Why a number format cannot be used on a device of this machine; undefined if it can. */
export function precisionProblem(
  precision: ComputeSettings['precision'],
  mode: CompileMode,
  device: 'cpu' | 'gpu',
): PrecisionProblem | undefined {
  if (precision === 'float32') return undefined;
  if (mode === 'false') return { reason: 'needs a graph, but compile=false runs op by op', instead: 'compile=graph' };
  if (precision === 'float16' && device === 'cpu')
    return { reason: 'needs a GPU, but this runs on the CPU', instead: 'precision=bfloat16' };
  if (precision === 'bfloat16' && device === 'gpu')
    return { reason: 'is only supported on CPUs', instead: 'precision=float16' };
  if (precision === 'bfloat16' && !hasBFloat16())
    return {
      reason: 'is not supported by this processor: it lacks the instructions',
      instead: 'precision=float32',
    };
  return undefined;
}

function precisionError(precision: string, { reason, instead }: PrecisionProblem): UserError {
  return new UserError(`precision=${precision} ${reason}.`, { hints: [`Instead: --set ${instead}`] });
}
