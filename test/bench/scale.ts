/**
 * Times training by one and by two workers of this machine, and the all-reduce between them, beside PyTorch's DistributedDataParallel with gloo:
 *
 *     npm run bench:scale -- --python PYTHON --labml CHECKOUT [--ring CHECKOUT] [--case 3.4M] [--bytes 671000000] [--rounds 1] [--rate 4gbit]
 *
 * PYTHON has torch; CHECKOUT is one of labmlai/annotated_deep_learning_paper_implementations. Without them the peer is left out; so is the
 * ring over sockets that this project had, without --ring, a checkout of 5ee0efd that is set up. One thread a worker.
 * With a rate, which needs root, the workers have a network of that rate between them, as if they were on two machines.
 */
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import yargs from 'yargs';
import { configOf } from './cases';
import { ensureMpich } from '../../framework/cluster/mpi/mpich';
import { mpiexecOf } from '../../framework/cluster/mpi/installation';
import { randomSecret } from '../../framework/cluster/tf-config/secret';
import { median } from '../../framework/util/statistics';
import { GRADIENT_BYTES, SCALE_CASES, type ScaleCase, type Scaled, WARM_UP } from './scale-cases';
import { type Connections, type Machine, efficiency, hierarchicalTime, stepTime } from './step-time';
import { type Machines, ONE_MACHINE, twoMachines } from './two-machines';
import { REGISTER } from '../support/typescript';

const run = promisify(execFile);

type Measure = (benchmark: ScaleCase, workers: number, bytes: number) => Promise<Scaled>;

/** This checkout, by MPI. */
function ours(machines: Machines): Measure {
  const script = join(__dirname, 'measure-scale.ts');
  return async ({ name }, workers, bytes) => {
    const worker = [process.execPath, '-r', REGISTER, script, name, String(bytes)];
    if (workers === 1) return firstOf(1, machines, () => [process.execPath, worker.slice(1), {}]);
    const { args, env } = machines.mpiexec;
    const mpiexec = [mpiexecOf(await ensureMpich()), ...args, '-n', String(workers), ...worker];
    const [program = '', ...parts] = mpiexec;
    return firstOf(1, machines, () => [program, parts, env]);
  };
}

/** A checkout from before MPI, by the ring over sockets that it had. */
function ring(checkout: string, machines: Machines): Measure {
  const script = join(checkout, 'test/bench/measure-scale.ts');
  return ({ name }, workers, bytes) => {
    const addresses = machines.hosts.slice(0, workers).map((host, index) => `${host}:${PORT + index}`);
    return firstOf(workers, machines, (index) => [
      process.execPath,
      ['-r', join(checkout, 'framework/typescript.js'), script, name, addresses.join(), String(index), String(bytes)],
      { EXPLAB_CLUSTER_SECRET: SECRET },
    ]);
  };
}

function torch(python: string, checkout: string, machines: Machines): Measure {
  return ({ settings, repetitions }, workers, bytes) => {
    const benchmark = { name: '', work: 'training step', settings, repetitions } as const;
    const config = configOf(benchmark, { precision: 'float32', device: 'cpu' });
    const task = JSON.stringify({ config, repetitions, warmUp: WARM_UP, bytes });
    const [MASTER_ADDR] = machines.hosts;
    const [WORLD_SIZE, MASTER_PORT] = [String(workers), String(PORT + 9)];
    const common = { WORLD_SIZE, MASTER_ADDR, MASTER_PORT, GLOO_SOCKET_IFNAME: machines.device };
    const parts = [join(__dirname, 'measure_scale_torch.py'), checkout, task];
    return firstOf(workers, machines, (index) => [python, parts, { ...common, RANK: String(index) }]);
  };
}

const PORT = 29_500;
const SECRET = randomSecret();

/** Starts workers, waits for all, and takes what the first printed. */
async function firstOf(
  workers: number,
  { prefix }: Machines,
  wordsOf: (index: number) => [string, readonly string[], NodeJS.ProcessEnv],
): Promise<Scaled> {
  const running = Array.from({ length: workers }, async (_, index) => {
    const [program, own, env] = wordsOf(index);
    const [command = '', ...parts] = [...prefix(index), program, ...own];
    const { stdout } = await run(command, parts, { env: { ...process.env, ...env }, maxBuffer: 1e8 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Scaled;
  });
  const [first] = await Promise.all(running);
  if (!first) throw new Error('there was no worker');
  return first;
}

/** Times one peer by one worker and by two, and prints it. */
async function report(who: string, measure: Measure, benchmark: ScaleCase, bytes: number): Promise<Machine> {
  const one = await measure(benchmark, 1, 0);
  const two = await measure(benchmark, 2, bytes);
  const measured = [one.steps, two.steps, two.alone, two.reductions, two.latencies];
  const [single, step, alone, reduction, latency] = measured.map(median) as Five;
  console.log(`${who}: 1 worker ${(1 / single).toFixed(3)} steps/s, 2 workers ${(1 / step).toFixed(3)} steps/s`);
  console.log(`  the share of one of two: ${alone.toFixed(3)} s; with the exchange ${step.toFixed(3)} s`);
  const bandwidth = bytes / reduction;
  console.log(`  all-reduce of ${bytes / 1e6} MB: ${reduction.toFixed(2)} s, ${(bandwidth / 1e9).toFixed(3)} GB/s`);
  console.log(`  a message: ${(1e6 * latency).toFixed(0)} µs`);
  const exchange = two.gradients / bandwidth;
  const hidden = Math.min(1, Math.max(0, 1 - (step - alone) / exchange));
  console.log(
    `  its ${two.gradients / 1e6} MB of gradients: ${exchange.toFixed(3)} s, of which ${Math.round(100 * hidden)} % are hidden`,
  );
  const buffers = Math.ceil(two.gradients / BUFFER_BYTES);
  const machine = {
    compute: alone,
    bytes: two.gradients,
    bandwidth,
    latency,
    buffers,
    hidden,
    spread: spreadOf(two.alone),
  };
  console.log(`  the model of two: ${stepTime(2, machine).toFixed(3)} s a step`);
  return machine;
}

/** Of one of our buffers. */
const BUFFER_BYTES = 16 * 2 ** 20;

type Five = [number, number, number, number, number];

function spreadOf(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length);
}

/** Workers of a machine, in the hierarchical model. */
const PER_MACHINE = 8;

/** @param onOneMachine the connections onOneMachine a machine, where the machine's own are those between two */
function printCurve(machine: Machine, onOneMachine?: Connections): void {
  console.log('Modelled, the same share for each worker:');
  console.log(`workers  step, s  efficiency${onOneMachine ? `   ${PER_MACHINE} a machine: step, s  efficiency` : ''}`);
  for (let workers = 1; workers <= 1024; workers *= 2) {
    const flat = columns(workers, machine);
    const exchange = onOneMachine && hierarchicalTime(workers, PER_MACHINE, onOneMachine, machine);
    console.log(
      [
        String(workers).padStart(7),
        flat,
        ...(exchange === undefined ? [] : [columns(workers, machine, exchange).padStart(32)]),
      ].join('  '),
    );
  }
}

function columns(workers: number, machine: Machine, exchange?: number): string {
  const share = `${(100 * efficiency(workers, machine, exchange)).toFixed(0)} %`;
  return `${stepTime(workers, machine, exchange).toFixed(3).padStart(7)}  ${share.padStart(10)}`;
}

async function main(): Promise<void> {
  const options = await yargs(process.argv.slice(2))
    .option('python', { type: 'string' })
    .option('labml', { type: 'string' })
    .option('ring', { type: 'string' })
    .option('case', { type: 'string', default: '3.4M' })
    .option('bytes', { type: 'number', default: GRADIENT_BYTES })
    .option('rounds', { type: 'number', default: 1 })
    .option('rate', { type: 'string' })
    .strict()
    .parseAsync();
  const benchmark = SCALE_CASES.find(({ name }) => name === options.case);
  if (!benchmark) throw new Error(`there is no case ${options.case}`);
  const { python, labml, ring: before, bytes, rounds, rate } = options;
  console.log(execFileSync('uptime', { encoding: 'utf8' }).trim());
  const machines = rate === undefined ? ONE_MACHINE : twoMachines(rate);
  try {
    for (let round = 0; round < rounds; round++) {
      if (python && labml) await report('PyTorch, gloo', torch(python, labml, machines), benchmark, bytes);
      if (before) await report('the ring', ring(before, machines), benchmark, bytes);
      const machine = await report('exp, MPI', ours(machines), benchmark, bytes);
      if (round < rounds - 1) continue;
      const onOneMachine =
        rate === undefined ? undefined : await report('exp, MPI, one machine', ours(ONE_MACHINE), benchmark, bytes);
      printCurve(machine, onOneMachine);
    }
  } finally {
    machines.remove();
  }
}

void main();
