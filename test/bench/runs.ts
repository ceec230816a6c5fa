import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRun } from '../support/runs';

/**
 * Times `exp runs` on many runs: `npm run bench:runs [COUNT]`. Each has the settings of diffuse, twenty points of four metrics, and is
 * made of files as a run is. The times are of whole commands, with the start of Node.
 */
const COUNT = Number(process.argv[2] ?? 10_000);
const TIMES = 5;
const EXP = join(__dirname, '../../framework/cli/exp.js');

const SETTINGS = Object.fromEntries(
  ['epochs', 'seed', 'logEverySteps', 'imageSize', 'batchSize', 'steps', 'samples', 'model.channels', 'model.blocks']
    .map((key, index): [string, unknown] => [key, index])
    .concat(Array.from({ length: 20 }, (_, index): [string, unknown] => [`model.setting${index}`, index])),
);

function make(root: string): void {
  for (let run = 0; run < COUNT; run++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + run * 60_000).toISOString();
    makeRun(root, {
      id: startedAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-'),
      experiment: run % 3 === 0 ? 'classify' : 'diffuse',
      // A few were killed, as happens.
      record: { startedAt, status: run % 100 === 0 ? 'running' : 'completed' },
      settings: { ...SETTINGS, learningRate: 10 ** -(2 + (run % 4)), dataset: run % 2 === 0 ? 'Digits' : 'MNIST' },
      points: Array.from({ length: 20 }, (_, point) => ({
        step: (point + 1) * 10,
        loss: 1 / (point + 1) + run / COUNT,
        learningRate: 1e-3,
        'hardware/cpu': 180.5,
        'hardware/memory': 640,
      })),
    });
  }
}

/** Seconds that a command takes. */
function seconds(root: string, args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [EXP, 'runs', ...args], {
    env: { ...process.env, EXPLAB_RUNS: root },
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - startedAt) / 1000;
}

function report(root: string, name: string, args: readonly string[]): void {
  const times = Array.from({ length: TIMES }, () => seconds(root, args)).sort((a, b) => a - b);
  const [best, median] = [times[0], times[Math.floor(TIMES / 2)]].map((time) => (time ?? NaN).toFixed(2));
  console.log(`${name.padEnd(56)} ${String(median)} s (best ${String(best)} s)`);
}

const root = mkdtempSync(join(tmpdir(), 'explab-bench-'));
try {
  make(root);
  console.log(`${COUNT} runs`);
  console.log(`${'exp runs, for the first time'.padEnd(56)} ${seconds(root, []).toFixed(2)} s`);
  report(root, 'exp runs', []);
  report(root, 'exp runs --status dead', ['--status', 'dead']);
  report(root, "exp runs --where dataset=Digits 'learningRate<1e-3'", [
    '--where',
    'dataset=Digits',
    'learningRate<1e-3',
  ]);
  report(root, 'exp runs --sort loss.min --limit 10', ['--sort', 'loss.min', '--limit', '10']);
  report(root, 'exp runs show latest', ['show', 'latest']);
  report(root, 'exp runs --json', ['--json']);
} finally {
  rmSync(root, { recursive: true, force: true });
}
