import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { testFiles } from './support/test-files';

/*
 * Runs the tests, as many files at once as there are cores, and formatting, lint and types beside them.
 * Options are passed to mocha; with --no-check the tests run alone.
 */

const ROOT = join(__dirname, '..');

/** Files that take longest begin first, so that no core waits for one of them at the end. */
const LONGEST = [
  'framework/cli/run.test.ts',
  'framework/cli/sweep.test.ts',
  'faults/process.test.ts',
  'faults/resume.test.ts',
  'framework/cli/completion.test.ts',
  'plugins/diffusion/models/unet/reference.test.ts',
  'framework/cluster/mpi.test.ts',
  'framework/tensorflow/install-killed.test.ts',
  'framework/experiment/training-step.test.ts',
  'faults/event-files.test.ts',
  'framework/experiment/evaluate-run.test.ts',
];

/** All test files, the longest first. */
function inOrder(): string[] {
  const files = testFiles();
  const longest = LONGEST.map((name) => join('test', name)).filter((file) => files.includes(file));
  return [...longest, ...files.filter((file) => !longest.includes(file))];
}

/** @returns its exit status */
function run(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' });
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => done(code ?? 1)));
}

/** Its output comes in one piece, so that it does not mix with that of the tests. */
async function check(): Promise<number> {
  const child = spawn('npm', ['run', 'check'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number>((done, fail) => child.on('error', fail).on('close', (code) => done(code ?? 1)));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  process.stdout.write(`${out}${err}\n`);
  return code;
}

async function test(options: readonly string[]): Promise<number> {
  const setup = await run(process.execPath, ['framework/cli/exp.js', 'setup']);
  const jobs = String(availableParallelism());
  return setup || run('npx', ['mocha', '--parallel', '--jobs', jobs, ...options, ...inOrder()]);
}

async function main(args: readonly string[]): Promise<void> {
  const options = args.filter((arg) => arg !== '--no-check');
  const [checked, tested] = await Promise.all([options.length < args.length ? 0 : check(), test(options)]);
  if (checked !== 0) console.error('The tests are done; npm run check has failed: see above.');
  process.exitCode = checked || tested;
}

void main(process.argv.slice(2));
