import { Assembly } from '../../framework/experiment/assembly';
import { openLab } from '../../framework/cli/lab';

/** Something that is timed. */
export interface Case {
  readonly name: string;
  /** What of the experiment `diffuse` is timed: a key of `works` in measure.ts and in measure_torch.py. */
  readonly work: 'training step';
  /** Settings of the experiment, as on the command line. */
  readonly settings: readonly string[];
  /** Set before TensorFlow is loaded. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How often it is timed in each process, after the warm-up. */
  readonly repetitions: number;
}

/** Every case; another is one more entry. */
export const CASES: readonly Case[] = [
  { name: 'digits, the preset', work: 'training step', settings: ['dataset=Digits'], repetitions: 30 },
  {
    name: "the paper's UNet, batch 8",
    work: 'training step',
    settings: ['dataset=CelebA', 'batchSize=8'],
    repetitions: 5,
  },
];

/** Runs before the first that is timed. */
export const WARM_UP = 2;

/** Threads that a computation may use, here and in the peer. */
export const THREADS = 2;

/** What a measuring process prints as its last line. */
export interface Measurement {
  readonly seconds: readonly number[];
  /** The most memory that the process had, in megabytes. */
  readonly peakMB: number;
}

/** The experiment of a case with its settings resolved; nothing heavy is made. */
export function assemble({ settings }: Case): Assembly {
  const { registry, monitor } = openLab(true);
  return new Assembly({ registry, monitor, name: 'diffuse', overrides: settings });
}

/** Every setting of a case by its key, as `model.channels`. */
export function configOf(benchmark: Case): Record<string, unknown> {
  const entries = [...assemble(benchmark).resolution.root.entries()];
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}
