import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { RunFolder } from '../../framework/run/run-folder';
import { SMALL } from './exp';
import { metricsOf } from './run-options';

/** How far losses may lie apart, of their size: float32 sums in another order. */
const TOLERANCE = 1e-5;

/** Settings of `diffuse` for workers that share a small machine. */
export const SHARED = [
  ...SMALL,
  'model.dropout=0.1',
  'batchSize=16',
  'logEverySteps=1',
  'trackers=[JSONL]',
  'threads=1',
];

/** Expects all metrics of two runs to be alike at each step, apart from those of the hardware. @param runs the folder of all runs */
export function expectSameMetrics(runs: string, experiment: string, actual: string, expected: string): void {
  const [found, wanted] = [actual, expected].map((run) => metricsOf(new RunFolder(join(runs, experiment, run))));
  expect(found).to.have.length(wanted!.length);
  for (const [index, point] of found!.entries())
    for (const [name, value] of Object.entries(point).filter(([name]) => !/^(time$|hardware\/)/.test(name)))
      expect(value, name).to.be.closeTo(wanted![index]![name]!, TOLERANCE * Math.max(Math.abs(value), 1));
}

/** The loss of each step of a run. @param runs the folder of all runs */
export function losses(runs: string, run: string, experiment = 'diffuse'): number[] {
  const lines = readFileSync(join(runs, experiment, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !line.includes('"artifact"'));
  return lines.map((line) => (JSON.parse(line) as { loss: number }).loss);
}

export function expectAlike(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.length(expected.length);
  for (const [index, loss] of actual.entries()) {
    expect(Math.abs(loss - expected[index]!) / expected[index]!).to.be.below(TOLERANCE);
  }
}

export function recordOf(runs: string, run: string): { status: string; error?: string } {
  return JSON.parse(readFileSync(join(runs, 'diffuse', run, 'run.json'), 'utf8')) as { status: string; error?: string };
}

/** Waits until a run has a checkpoint of a step, or a later one. */
export async function untilSaved(runs: string, run: string, step: number): Promise<void> {
  const saved = join(runs, 'diffuse', run, 'checkpoints');
  const isThere = () => existsSync(saved) && readdirSync(saved).some((name) => Number(name) >= step);
  while (!isThere()) await sleep(100);
}

/** Sends a signal to one worker of a run that was started with its id. */
export function signalWorker(run: string, index: number, name: NodeJS.Signals): void {
  const read = (pid: string, file: string): string[] => {
    try {
      return readFileSync(join('/proc', pid, file), 'utf8').split('\0');
    } catch {
      return [];
    }
  };
  const isWorker = (pid: string) =>
    read(pid, 'cmdline').includes(run) && read(pid, 'environ').includes(`PMI_RANK=${index}`);
  const found = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isWorker(pid));
  expect(found).to.have.length(1);
  process.kill(Number(found[0]), name);
}
