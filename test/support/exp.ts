import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** The folder of all runs. */
  readonly runs?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told what is printed, as it comes; may end the process. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

/** Runs `exp` as a user does, in a process of its own. */
export function exp(argv: readonly string[], options: Options = {}): Promise<Ended> {
  return start(argv, options).ended;
}

/** The program, which Node runs. */
export const EXP = join(ROOT, 'framework/cli/exp.js');

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `exp` as a user does, in a process of its own. */
export function start(argv: readonly string[], options: Options = {}): Started {
  return startProgram(process.execPath, [EXP, ...argv], options);
}

/** Starts a program that starts `exp`. */
export function startProgram(
  program: string,
  args: readonly string[],
  { runs = 'runs', cwd = ROOT, env = {}, onOutput }: Options = {},
): Started {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, CI: 'true', EXPLAB_RUNS: runs, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      onOutput?.(text, child);
    });
  }
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail).on('close', (code) => done({ code, ...printed }));
  });
  return { child, ended };
}

/** What is small in any experiment on images. */
export const SMALL_IMAGES = ['imageSize=8', 'batchSize=8'];

/** Settings of `diffuse` that take seconds: a few updates of a small model, few steps of sampling. */
export const SMALL = [
  ...SMALL_IMAGES,
  'steps=4',
  'samples=4',
  'model.multipliers=[1]',
  'model.attention=[false]',
  'model.blocks=1',
];

/** The same for `classify`. */
export const SMALL_CLASSIFIER = [...SMALL_IMAGES, 'model.channels=[8]', 'model.blocks=1'];

/** Settings of `diffuse` that take a second, of which TensorFlow's start is most. */
export const QUICK = [...SMALL, 'steps=1', 'samples=1', 'compile=false', 'trackers=[JSONL]'];

/** Settings of `regress`, whose run takes no longer than TensorFlow's start. */
export const QUICK_TABLE = ['compile=false', 'trackers=[JSONL]'];

/** The same as `QUICK` on six photographs, which make three batches an epoch. */
export const QUICK_PHOTOS = [
  ...QUICK,
  'dataset=CelebA',
  `dataset.root=${join(ROOT, 'test/fixtures/images/good')}`,
  'batchSize=2',
];
