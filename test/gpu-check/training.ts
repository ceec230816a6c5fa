import { precisionProblem } from '../../framework/experiment/lifecycle/compute';
import { messageOf } from '../../framework/errors';
import { type Case, type Measurement, findCase, peersOf } from '../bench/cases';
import { type Peer, TF32, computeOf, ours, summary, theirs } from '../bench/measure-case';
import type { Gpu } from './environment';
import { type Result, Skip } from './report';

/** Number formats of products and convolutions. */
const FORMATS = ['float32', TF32, 'bfloat16', 'float16'] as const;
type Format = (typeof FORMATS)[number];

/** The preset, the paper's network, and nanoGPT's, whose peer needs PyTorch alone. */
const FULL_CASES = ['train-preset', 'train-paper-8', 'gpt-10.8M-8'];
/** A batch that would take a CPU minutes. */
const GPU_CASES = ['train-paper-64'];
const QUICK_CASES = ['train-small'];

function casesOf({ device, quick }: Pick<TrainingOptions, 'device' | 'quick'>): Case[] {
  const names = quick ? QUICK_CASES : [...FULL_CASES, ...(device === 'gpu' ? GPU_CASES : [])];
  return names.map(findCase);
}

/** The first compute capability with tf32: NVIDIA's Ampere. */
const TF32_CAPABILITY = 8;

/** What is timed, and on what. */
interface TrainingOptions {
  readonly device: 'cpu' | 'gpu';
  readonly quick: boolean;
  readonly gpus: readonly Gpu[];
  readonly peer: Peer | undefined;
}

/** A way of running a case. */
export interface Timing {
  readonly name: string;
  readonly run: () => Result;
}

/** Every case in every number format by a graph, by XLA and, if there is a peer, by PyTorch; what is not supported is one timing that is skipped. */
export function timings(options: TrainingOptions): Timing[] {
  return casesOf(options).flatMap((benchmark) => FORMATS.flatMap((format) => timingsIn(benchmark, format, options)));
}

function timingsIn(benchmark: Case, format: Format, { device, gpus, peer }: TrainingOptions): Timing[] {
  const title = `${benchmark.name}, ${format}`;
  const problem = formatProblem(format, device, gpus);
  if (problem !== undefined) return [skipped(title, problem)];
  const [compute, tf32] = [computeOf(format, device === 'gpu' ? 'gpu:0' : 'cpu'), format === TF32];
  const timing = (by: string, way: string, measure: () => Measurement): Timing => ({
    name: `${title}, ${by} ${way}`,
    run: () => ({
      training: { case: benchmark.name, precision: format, by, way, ...summary([withinMemory(measure)]) },
    }),
  });
  const own = (['graph', 'xla'] as const).map((way) =>
    timing('explab', way, () => ours(benchmark, way, compute, tf32)),
  );
  if (!peer) return own;
  if (benchmark.experiment !== 'gpt' && peer.labml === undefined)
    return [...own, skipped(`${title}, PyTorch`, NO_LABML)];
  const theirWays = peersOf(benchmark);
  return [...own, ...theirWays.map((way) => timing('PyTorch', way, () => theirs(benchmark, way, compute, tf32, peer)))];
}

const NO_LABML = "the peer is labml's U-Net: name a checkout by --labml";

function skipped(name: string, reason: string): Timing {
  return {
    name,
    run: () => {
      throw new Skip(reason);
    },
  };
}

/** Why a number format cannot be used; undefined if it can. */
export function formatProblem(format: Format, device: 'cpu' | 'gpu', gpus: readonly Gpu[]): string | undefined {
  if (format !== TF32) {
    const problem = precisionProblem(format, 'graph', device);
    return problem && `${format} ${problem.reason}`;
  }
  if (device === 'cpu') return `${format} is a number format of NVIDIA GPUs`;
  const capability = gpus[0]?.computeCapability ?? 0;
  return capability >= TF32_CAPABILITY
    ? undefined
    : `${format} needs compute capability ${TF32_CAPABILITY}.0 or newer, but this GPU has ${capability.toFixed(1)}`;
}

/** A GPU that is too small for a case is no failure. */
function withinMemory(measure: () => Measurement): Measurement {
  try {
    return measure();
  } catch (error) {
    if (/out of memory|\bOOM\b|RESOURCE_EXHAUSTED/i.test(messageOf(error)))
      throw new Skip('the GPU has too little memory');
    throw error;
  }
}
