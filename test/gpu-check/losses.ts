import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../framework/errors';
import { median } from '../../framework/util/statistics';
import { SMALL, exp } from '../support/exp';
import { losses } from '../support/worker-runs';
import { deviceVariables } from './environment';
import type { Result } from './report';

/** Relative difference that rounding may make, as in the tests of compiled steps. */
const TOLERANCE = 2e-5;

/** Settings of a training of twelve steps. */
const BRIEF = [...SMALL, 'model.dropout=0.2', 'learningRate=1e-3', 'maxSteps=12'];

/** Settings of the paper's network on noise-like images, which need no download; the batch is that of all workers. */
const PAPER = [
  ...['dataset=Digits', 'imageSize=32', 'model.channels=64', 'model.multipliers=[1,2,2,4]', 'model.blocks=2'],
  ...['model.attention=[false,false,false,true]', 'batchSize=128', 'steps=4', 'samples=1', 'maxSteps=40'],
];

/** Runs a training by `exp run` in full float32. @throws UserError with what it printed if it fails */
async function train(runs: string, id: string, device: 'cpu' | 'gpu', ...args: readonly string[]): Promise<void> {
  const common = ['logEverySteps=1', 'trackers=[JSONL]', '--id', id];
  const { CUDA_VISIBLE_DEVICES, ...env } = deviceVariables(device);
  const visible = device === 'cpu' ? { CUDA_VISIBLE_DEVICES } : {};
  const { code, stdout, stderr } = await exp(['run', 'diffuse', ...args, ...common], {
    runs,
    env: { ...env, ...visible },
  });
  if (code !== 0)
    throw new UserError(`exp run ended with exit code ${code ?? 'unknown'}.`, { hints: [stderr || stdout] });
}

/** Settings for one device by its first GPU, or the CPU. */
const firstOf = (device: 'cpu' | 'gpu'): string => (device === 'gpu' ? 'device=gpu:0' : 'device=cpu');

/** The run that is trained on the CPU, op by op. */
const REFERENCE = 'reference';

/** Trains on the CPU op by op and on the device, and compares the losses. @throws Error if they differ by more than rounding */
export async function compareLosses(runs: string, device: 'cpu' | 'gpu', compile: 'graph' | 'xla'): Promise<Result> {
  if (!existsSync(join(runs, 'diffuse', REFERENCE)))
    await train(runs, REFERENCE, 'cpu', ...BRIEF, 'device=cpu', 'compile=false');
  await train(runs, compile, device, ...BRIEF, firstOf(device), `compile=${compile}`);
  return { difference: requireAlike(losses(runs, compile), losses(runs, REFERENCE)) };
}

/** Trains by one worker and by two on the same batches, and compares the losses. @throws Error if they differ by more than rounding */
export async function compareWorkers(runs: string, device: 'cpu' | 'gpu'): Promise<Result> {
  await trainByBoth(runs, device, BRIEF);
  return { difference: requireAlike(losses(runs, 'two'), losses(runs, 'one')) };
}

/** Times the training of the paper's network by one worker and by two, or of a small one. */
export async function timeWorkers(runs: string, device: 'cpu' | 'gpu', quick: boolean): Promise<Result> {
  await trainByBoth(runs, device, quick ? BRIEF : PAPER);
  return { workers: { one: stepSeconds(runs, 'one'), two: stepSeconds(runs, 'two') } };
}

async function trainByBoth(runs: string, device: 'cpu' | 'gpu', settings: readonly string[]): Promise<void> {
  await train(runs, 'one', device, ...settings, firstOf(device));
  await train(runs, 'two', device, ...settings, device === 'gpu' ? 'device=auto' : 'device=cpu', '--workers', '2');
}

function requireAlike(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) throw new Error(`expected ${expected.length} losses, got ${actual.length}`);
  const differences = actual.map((loss, step) => Math.abs(loss / (expected[step] ?? NaN) - 1));
  const largest = Math.max(...differences);
  if (largest <= TOLERANCE) return largest;
  const [step, difference] = [differences.indexOf(largest), largest.toExponential(1)];
  throw new Error(
    `the loss of step ${step + 1} differs by ${difference} of its size, more than ${TOLERANCE}: ${actual[step] ?? 'none'} instead of ${expected[step] ?? 'none'}`,
  );
}

/** Median time between two lines of metrics, each of a step. */
function stepSeconds(runs: string, id: string): number {
  const lines = readFileSync(join(runs, 'diffuse', id, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const points = lines.map((line) => JSON.parse(line) as { time: string; loss?: number });
  const times = points.filter(({ loss }) => loss !== undefined).map(({ time }) => Date.parse(time) / 1000);
  return median(times.slice(1).map((time, index) => time - (times[index] ?? NaN)));
}
