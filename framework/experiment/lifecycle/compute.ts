import { optional, value } from '../../config/declare/declare';
import { UserError } from '../../errors';
import { EagerEngine } from '../../tensorflow/eager-engine';
import type { Engine } from '../../tensorflow/engine';
import { canFuse } from '../../tensorflow/fused';
import { GraphEngine } from '../../tensorflow/graph/graph-engine';
import type { ClusterOptions } from '../../tensorflow/graph/session-config';
import { loadTensorFlow, loadedTensorFlow } from '../../tensorflow/load';
import { hasBFloat16 } from '../../tensorflow/processor';

/** What steps are computed on, and how. */
export class ComputeSettings {
  /** How steps are run: traced into a graph, the graph also compiled by XLA, or op by op (false) for debugging. */
  compile = value('auto', { choices: ['auto', 'graph', 'xla', 'false'], role: 'meta' });
  /** The number format of products and convolutions; parameters and sums stay float32. */
  precision = value('float32', { choices: ['float32', 'bfloat16', 'float16'] });
  /** What is computed on: a GPU where TensorFlow finds one (auto), the CPU, or a GPU by its number. */
  device = value('auto', {
    choices: ['auto', 'cpu', 'gpu:0', 'gpu:1', 'gpu:2', 'gpu:3', 'gpu:4', 'gpu:5', 'gpu:6', 'gpu:7'],
    role: 'meta',
  });
  /** Whether a GPU's memory is taken as it is needed, or all of it at once. */
  memoryGrowth = value(true, { role: 'meta' });
  /** Threads that TensorFlow computes with; its own choice where left out. */
  threads = optional('number', { integer: true, min: 1, max: 127, role: 'meta' });
}

/** Loads TensorFlow as the settings want it; the first call of a process decides. @throws UserError where it cannot be had so */
export async function loadFor({ compile, device, memoryGrowth, threads }: ComputeSettings): Promise<void> {
  await loadTensorFlow({ xla: compile === 'xla', device, memoryGrowth, threads });
}

/**
 * What runs the steps. TensorFlow must be loaded.
 * @param cluster where it is one of several workers'
 * @throws UserError where the machine cannot compute so
 */
export function engineFor({ compile, precision, threads }: ComputeSettings, cluster?: ClusterOptions): Engine {
  checkPrecision(precision, compile);
  if (compile === 'false') return new EagerEngine();
  return new GraphEngine({ threads, xla: compile === 'xla', precision, cluster });
}

/** How steps are computed, in a line. TensorFlow must be loaded. */
export function describeCompute({ compile, precision, threads }: ComputeSettings): string {
  const { gpu } = loadedTensorFlow();
  // XLA was slower than the graph with fused operations for every case of the benchmark on a CPU: docs/performance.md.
  const ways = { auto: 'a graph', graph: 'a graph', xla: 'a graph that XLA compiles', false: 'op by op' };
  const fused = compile !== 'xla' && canFuse() ? ', with fused operations' : '';
  const device = gpu ? 'the GPU' : `the CPU${threads === undefined ? '' : `, ${threads} threads`}`;
  return `Computing on ${device}: each step ${ways[compile]}${fused}, ${precision}.`;
}

function checkPrecision(precision: ComputeSettings['precision'], compile: ComputeSettings['compile']): void {
  if (precision === 'float32') return;
  const { gpu } = loadedTensorFlow();
  if (compile === 'false') throw refused(precision, 'needs a graph, and compile=false runs op by op', 'compile=graph');
  if (precision === 'float16' && !gpu)
    throw refused(precision, 'is for GPUs, and this runs on the CPU', 'precision=bfloat16');
  if (precision === 'bfloat16' && gpu) throw refused(precision, 'is for CPUs in TensorFlow', 'precision=float16');
  if (precision === 'bfloat16' && !hasBFloat16()) {
    throw refused(precision, 'is more than this processor can: it lacks the instructions', 'precision=float32');
  }
}

function refused(precision: string, why: string, instead: string): UserError {
  return new UserError(`precision=${precision} ${why}.`, { hints: [`Instead: --set ${instead}`] });
}
