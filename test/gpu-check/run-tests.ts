import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testFiles } from '../support/test-files';
import { deviceVariables } from './environment';
import type { Result } from './report';

const ROOT = join(__dirname, '../..');

/** Time after which a test file is taken for hung. */
const TIMEOUT_MILLISECONDS = 20 * 60_000;

/** Tests of compiled steps: in a graph and by XLA as op by op. */
const COMPILED = ['test/framework/nn/compiled.test.ts', 'test/experiments/compiled.test.ts'];

/** Folders and files of tests whose expected numbers come from PyTorch, from the CPU or by hand. */
const NUMBERS = [
  'test/framework/nn',
  'test/framework/tensorflow/gradients',
  'test/framework/tensorflow/graph',
  'test/framework/tensorflow/stateless.test.ts',
  'test/framework/experiment/training-step.test.ts',
  'test/plugins/diffusion/models/unet',
  'test/plugins/optimizers',
];

/** Files of tests whose numbers come from the device. */
export function deviceTests(quick: boolean): string[] {
  if (quick) return COMPILED;
  const all = testFiles().filter((file) => NUMBERS.some((path) => file.startsWith(path)));
  return [...COMPILED, ...all.filter((file) => !COMPILED.includes(file))];
}

/** The part of mocha's JSON report that is used. */
interface MochaReport {
  readonly stats: { readonly passes: number; readonly pending: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/** Runs a file of tests on a device. @throws Error with the titles and messages of the tests that failed */
export function runTests(file: string, device: 'cpu' | 'gpu'): Result {
  const folder = mkdtempSync(join(tmpdir(), 'explab-gpu-check-'));
  try {
    const { stats, failures } = mochaReport(file, join(folder, 'report.json'), device);
    const texts = failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message ?? 'failed'}`);
    if (texts.length > 0) throw new Error(texts.join('\n'));
    return { tests: { passed: stats.passes, skipped: stats.pending } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mochaReport(file: string, output: string, device: 'cpu' | 'gpu'): MochaReport {
  const args = [
    require.resolve('mocha/bin/mocha.js'),
    '--reporter',
    'json',
    '--reporter-option',
    `output=${output}`,
    file,
  ];
  const env = { ...process.env, ...deviceVariables(device) };
  const options = { cwd: ROOT, env, encoding: 'utf8', timeout: TIMEOUT_MILLISECONDS, maxBuffer: 1e8 } as const;
  const { status, signal, stderr } = spawnSync(process.execPath, args, options);
  try {
    return JSON.parse(readFileSync(output, 'utf8')) as MochaReport;
  } catch {
    throw new Error(
      `mocha ended with ${signal ?? `exit code ${status ?? 'unknown'}`} before its report:\n${stderr.slice(-2000)}`,
    );
  }
}
