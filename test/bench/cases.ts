import { RunContainer } from '../../framework/experiment/run-container';
import { createContext } from '../../framework/cli/command-context';
import { Monitor } from '../../framework/monitor/monitor';
import { parseOverrides } from '../../framework/config/parse/override';
import { SMALL } from '../support/exp';

/** Something that is timed. */
export interface Case {
  readonly name: string;
  /** `diffuse` by default. */
  readonly experiment?: 'diffuse' | 'gpt';
  /** What of the experiment is timed: a key of `works` in works.ts, and of WORKS in measure_torch.py or measure_torch_gpt.py. */
  readonly work: 'training step' | 'sampling step';
  /** Settings of the experiment, as on the command line. */
  readonly settings: readonly string[];
  /** How often it is timed in each process, after the warm-up. */
  readonly repetitions: number;
}

/** The 3.4 million parameters that fit two cores. */
const MIDDLE = [
  'model.channels=32',
  'model.multipliers=[1,2,2]',
  'model.attention=[false,false,true]',
  'model.blocks=2',
];
export const GREY = ['dataset=Digits', 'imageSize=32', 'model.dropout=0.1', ...MIDDLE];
const PAPER = ['dataset=CelebA'];
/** nanoGPT's 10.8 million parameters for characters on a GPU, with a batch that fits two cores. */
const WIDE = ['model.layers=6', 'model.heads=6', 'model.width=384', 'contextLength=256', 'batchSize=8'];

/** Every case; another is one more entry. */
export const CASES: readonly Case[] = [
  { name: 'train-preset', work: 'training step', settings: ['dataset=Digits'], repetitions: 30 },
  { name: 'train-paper-8', work: 'training step', settings: [...PAPER, 'batchSize=8'], repetitions: 5 },
  { name: 'train-3.4M-4', work: 'training step', settings: [...GREY, 'batchSize=4'], repetitions: 15 },
  { name: 'train-3.4M-32', work: 'training step', settings: [...GREY, 'batchSize=32'], repetitions: 8 },
  { name: 'sample-paper-16', work: 'sampling step', settings: [...PAPER, 'samples=16'], repetitions: 6 },
  { name: 'sample-3.4M-16', work: 'sampling step', settings: [...GREY, 'samples=16'], repetitions: 20 },
  { name: 'gpt-0.8M-12', experiment: 'gpt', work: 'training step', settings: ['clipNorm=1'], repetitions: 60 },
  { name: 'gpt-10.8M-8', experiment: 'gpt', work: 'training step', settings: [...WIDE, 'clipNorm=1'], repetitions: 8 },
];

/** Cases that only the check of a GPU times: a batch that fills a GPU, and a network that takes seconds to compile. */
const GPU_CHECK_CASES: readonly Case[] = [
  { name: 'train-paper-64', work: 'training step', settings: [...PAPER, 'batchSize=64'], repetitions: 20 },
  { name: 'train-small', work: 'training step', settings: ['dataset=Digits', ...SMALL], repetitions: 10 },
];

/** The case of that name. @throws Error if there is none */
export function findCase(name: string): Case {
  const found = [...CASES, ...GPU_CHECK_CASES].find((each) => each.name === name);
  if (!found) throw new Error(`there is no case ${name}`);
  return found;
}

/** Our ways of running a step: values of the setting `compile`. */
export const WAYS = ['graph', 'xla', 'false'] as const;

/** PyTorch's ways: as it is, with the channels last in memory, and by torch.compile. */
export const PEERS = ['eager', 'channels_last', 'compile'] as const;

/** PyTorch's ways for a transformer: with attention by matrix products, by `scaled_dot_product_attention`, and that by torch.compile. */
const TRANSFORMER_PEERS = ['manual', 'sdpa', 'compile'];

/** PyTorch's ways of a case. */
export function peersOf({ experiment }: Case): readonly string[] {
  return experiment === 'gpt' ? TRANSFORMER_PEERS : PEERS;
}

/** Runs before the first that is timed. */
export const WARM_UP = 2;

/** Threads that a computation may use, here and in the peer. */
export const THREADS = 2;

/** What a measuring process prints as its last line. */
export interface Measurement {
  /** Of the first run, with whatever is got ready then. */
  readonly first: number;
  readonly seconds: readonly number[];
  /** The most memory that the process had, in megabytes. */
  readonly peakMB: number;
}

/** What a case is computed on and in which number format; settings of every experiment. */
export interface Compute {
  readonly precision: string;
  readonly device: string;
}

/** Tells nothing: the benchmark prints figures alone. */
const monitor = new Monitor({ line: nothing, start: nothing, update: nothing, stop: nothing });

function nothing(): void {
  // Nothing is told.
}

/** The experiment of a case with its settings resolved; nothing heavy is made. */
export function createContainer(
  { experiment = 'diffuse', settings }: Case,
  compile: string,
  { precision, device }: Compute,
): RunContainer {
  const { registry } = createContext(true);
  const options = [...settings, `compile=${compile}`, `precision=${precision}`, `device=${device}`];
  const overrides = parseOverrides(options);
  return new RunContainer({ registry, monitor, name: experiment, overrides });
}

/** Every setting of a case by its key, as `model.channels`. */
export function configOf(benchmark: Case, compute: Compute): Record<string, unknown> {
  const entries = [...createContainer(benchmark, 'graph', compute).resolution.root.entries()];
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}
