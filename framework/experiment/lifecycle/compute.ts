import { optional, value } from '../../config/declare/declare';
import { UserError } from '../../errors';
import { EagerEngine } from '../../tensorflow/eager-engine';
import type { Engine } from '../../tensorflow/engine';
import { canFuse } from '../../tensorflow/fused';
import { GraphEngine } from '../../tensorflow/graph/graph-engine';
import type { ClusterOptions } from '../../tensorflow/graph/session-config';
import { loadTensorFlow, loadedTensorFlow } from '../../tensorflow/load';
import { hasBFloat16 } from '../../tensorflow/processor';

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
  await loadTensorFlow({ xla: compile === 'xla', device, memoryGrowth, threads });
}

/**
 * Creates the engine that runs the steps. TensorFlow must be loaded.
 * @param cluster for one of several workers
 * @throws UserError if the machine does not support the settings
 */
export function engineFor({ compile, precision, threads }: ComputeSettings, cluster?: ClusterOptions): Engine {
  checkPrecision(precision, compile);
  if (compile === 'false') return new EagerEngine();
  return new GraphEngine({ threads, xla: compile === 'xla', precision, cluster });
}

/** Describes in one line how steps are computed. TensorFlow must be loaded. */
export function describeCompute({ compile, precision, threads }: ComputeSettings): string {
  const { gpu } = loadedTensorFlow();
  // XLA was slower than the graph with fused operations for every case of the benchmark on a CPU: docs/performance.md.
  const modes = { auto: 'a graph', graph: 'a graph', xla: 'a graph compiled by XLA', false: 'op by op' };
  const fused = compile !== 'xla' && canFuse() ? ', with fused operations' : '';
  const device = gpu ? 'the GPU' : `the CPU${threads === undefined ? '' : `, ${threads} threads`}`;
  return `Computing on ${device}: each step ${modes[compile]}${fused}, ${precision}.`;
}

function checkPrecision(precision: ComputeSettings['precision'], compile: ComputeSettings['compile']): void {
  if (precision === 'float32') return;
  const { gpu } = loadedTensorFlow();
  if (compile === 'false')
    throw precisionError(precision, 'needs a graph, but compile=false runs op by op', 'compile=graph');
  if (precision === 'float16' && !gpu)
    throw precisionError(precision, 'needs a GPU, but this runs on the CPU', 'precision=bfloat16');
  if (precision === 'bfloat16' && gpu)
    throw precisionError(precision, 'is only supported on CPUs', 'precision=float16');
  if (precision === 'bfloat16' && !hasBFloat16()) {
    throw precisionError(
      precision,
      'is not supported by this processor: it lacks the instructions',
      'precision=float32',
    );
  }
}

function precisionError(precision: string, why: string, instead: string): UserError {
  return new UserError(`precision=${precision} ${why}.`, { hints: [`Instead: --set ${instead}`] });
}
