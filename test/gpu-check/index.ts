/**
 * Checks TensorFlow on this machine's GPU: installs it, runs the tests whose numbers come from the device, compares losses with the CPU's, and times
 * training. Writes gpu-check.json and gpu-check.md, also when a part fails, and then exits with 1.
 *
 *     npm run gpu-check -- [--device cpu|gpu] [--out FOLDER] [--python PATH [--labml CHECKOUT]] [--quick]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import yargs from 'yargs';
import { needModules } from '../bench/modules';
import type { Peer } from '../bench/measure-case';
import { describeEnvironment, requireGpu, requireTorchOnGpu } from './environment';
import { compareLosses, compareWorkers, timeWorkers } from './losses';
import { describeReport } from './markdown';
import { Recorder, type Report, Skip } from './report';
import { deviceTests, runTests } from './run-tests';
import { requireTensorFlowOnGpu, setUpTensorFlow } from './set-up';
import { timings } from './training';

type Options = Awaited<ReturnType<typeof parseOptions>>;

function parseOptions() {
  return yargs(process.argv.slice(2))
    .scriptName('npm run gpu-check --')
    .option('device', { choices: ['cpu', 'gpu'] as const, default: 'gpu' as const, describe: 'Device to check' })
    .option('out', { type: 'string', default: 'gpu-check', describe: 'Folder for gpu-check.json and gpu-check.md' })
    .option('python', { type: 'string', describe: 'Python with PyTorch to compare with' })
    .option('labml', { type: 'string', describe: "Checkout of labml's annotated implementations" })
    .option('quick', { type: 'boolean', default: false, describe: 'Small networks and few tests, in minutes' })
    .implies('labml', 'python')
    .strict()
    .parseAsync();
}

/** @returns whether the device can be checked */
async function setUp(recorder: Recorder, device: 'cpu' | 'gpu'): Promise<boolean> {
  const hasDevice = await recorder.run('setup', 'GPU and driver', () => {
    if (device === 'cpu') throw new Skip('the CPU is checked');
    requireGpu(recorder.environment);
    return {};
  });
  if (device === 'gpu' && !hasDevice) return false;
  return recorder.run('setup', 'TensorFlow', async () => {
    const installation = await setUpTensorFlow(device);
    const versions = { ...recorder.environment.versions, tensorflow: installation.title };
    recorder.environment = { ...recorder.environment, versions };
    if (device === 'gpu') await requireTensorFlowOnGpu(installation);
    return {};
  });
}

async function checkNumbers(recorder: Recorder, { device, quick }: Options, runs: string): Promise<void> {
  for (const file of deviceTests(quick)) await recorder.run('tests', file, () => runTests(file, device));
  // XLA compiles for half a minute on a CPU.
  for (const compile of quick ? (['graph'] as const) : (['graph', 'xla'] as const))
    await recorder.run('losses', `compile=${compile} beside op by op on the CPU`, () =>
      compareLosses(join(runs, 'losses'), device, compile),
    );
}

/** @returns the Python to compare with, if there is one whose PyTorch computes on the device */
async function peerOf(recorder: Recorder, { device, python, labml }: Options): Promise<Peer | undefined> {
  if (python === undefined) return undefined;
  const canCompare = await recorder.run('setup', 'PyTorch', () => {
    if (device === 'gpu') requireTorchOnGpu(python);
    return {};
  });
  return canCompare ? { python, labml: labml && resolve(labml) } : undefined;
}

async function checkSpeed(recorder: Recorder, options: Options): Promise<void> {
  const [{ gpus }, peer] = [recorder.environment, await peerOf(recorder, options)];
  for (const { name, run } of timings({ ...options, gpus, peer })) await recorder.run('training', name, run);
}

async function checkWorkers(recorder: Recorder, { device, quick }: Options, runs: string): Promise<void> {
  const requireTwo = (): void => {
    const count = recorder.environment.gpus.length;
    if (device === 'gpu' && count < 2) throw new Skip(`needs two GPUs, but there is ${count}`);
  };
  const parts = { 'losses of two beside one': compareWorkers, 'time of two beside one': timeWorkers };
  for (const [name, action] of Object.entries(parts))
    await recorder.run('workers', name, () => {
      requireTwo();
      return action(join(runs, name.replaceAll(' ', '-')), device, quick);
    });
}

async function check(recorder: Recorder, options: Options): Promise<Report> {
  const runs = mkdtempSync(join(tmpdir(), 'explab-gpu-check-'));
  try {
    if (await setUp(recorder, options.device)) {
      await checkNumbers(recorder, options, runs);
      await checkSpeed(recorder, options);
      await checkWorkers(recorder, options, runs);
    }
    return recorder.finish();
  } finally {
    rmSync(runs, { recursive: true });
  }
}

async function main(): Promise<void> {
  const options = await parseOptions();
  if (options.python !== undefined) needModules(options.python, 'torch');
  const recorder = new Recorder(options, await describeEnvironment(options.python), describeReport);
  const { parts } = await check(recorder, options);
  const failed = parts.filter(({ status }) => status === 'failed').length;
  console.log(`${failed === 0 ? 'No part failed' : `${failed} failed`}: ${join(options.out, 'gpu-check.md')}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
