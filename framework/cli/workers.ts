import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, clusterFrom, isChief } from '../cluster/cluster';
import { SECRET, randomSecret } from '../cluster/secret';
import { ExitCode, UserError } from '../errors';
import type { Ingredients } from '../experiment/assembly';
import type { Purpose } from '../experiment/with-workers';
import { exitAtOnce } from '../tensorflow/distributed/exit';
import { EXP } from './lab';
import { report } from './report';
import type { WorkersArguments } from './workers-option';

/** What a worker has by itself whom the chief tells the rest. */
type Told = Omit<Ingredients, 'name' | 'overrides'>;

/** Milliseconds for the other workers to end when the chief has. */
const PATIENCE = 10_000;

/**
 * Does what a command is for: by itself, or as a worker of the cluster that the environment tells, or as the chief of workers that it starts.
 * @param workers how many are to be started
 * @throws UserError where there are too few, or the cluster cannot be
 */
export async function amongWorkers(
  { workers }: WorkersArguments,
  work: (cluster: Cluster | undefined) => Promise<void>,
): Promise<void> {
  const told = clusterFrom(process.env);
  if (workers === undefined && !told) return work(undefined);
  const started = workers === undefined ? [] : await startOthers(workers, told);
  const cluster = told ?? started[0]?.cluster;
  try {
    await work(cluster);
  } catch (error) {
    process.exitCode = report(error, process.argv.includes('--debug'));
  }
  await Promise.race([Promise.all(started.map(({ ended }) => ended)), sleep(PATIENCE)]);
  exitAtOnce(Number(process.exitCode ?? ExitCode.ok));
}

/**
 * Trains along with the chief, where this process is another worker, and says how that ended.
 * @param ingredients without a name and settings where the chief is to tell them
 * @returns whether it is
 */
export async function followed(purpose: Purpose, ingredients: Ingredients | Told): Promise<boolean> {
  const { cluster, monitor } = ingredients;
  if (!cluster || isChief(cluster)) return false;
  const { followStart, followTold } = await import('../experiment/follow');
  const { step, wasStopped } = await ('name' in ingredients
    ? followStart(ingredients)
    : followTold(purpose, ingredients));
  process.exitCode = wasStopped ? ExitCode.interrupted : ExitCode.ok;
  monitor.say(
    `Worker ${cluster.index} ${wasStopped ? 'stopped' : 'is done'} after ${step} steps; the chief wrote the run.`,
  );
  return true;
}

interface Started {
  /** As the chief sees it. */
  readonly cluster: Cluster;
  readonly ended: Promise<unknown>;
}

async function startOthers(count: number, told: Cluster | undefined): Promise<Started[]> {
  if (told) throw usage('--workers starts workers on this machine, and the environment tells of a cluster already.');
  if (!Number.isInteger(count) || count < 1) throw usage(`--workers ${count}: there is one or more of them.`);
  if (count === 1) return [];
  const addresses = (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
  const cluster = { addresses, index: 0 };
  // The workers inherit it.
  process.env[SECRET] = randomSecret();
  return addresses.slice(1).map((_, other) => ({ cluster, ended: ending(startWorker(addresses, other + 1)) }));
}

/** Starts what this process was started for, as another worker. What it complains of is shown, with its number. */
function startWorker(addresses: readonly string[], index: number): ChildProcess {
  const config = { cluster: { worker: addresses }, task: { type: 'worker', index } };
  const [command = '', ...words] = EXP;
  const child = spawn(command, [...words, ...withoutWorkers(process.argv.slice(2))], {
    env: { ...process.env, TF_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', (line) => console.error(`[worker ${index}] ${line}`));
  return child;
}

async function ending(child: ChildProcess): Promise<void> {
  await once(child, 'close');
}

/** The words of a command without `--workers 2` or `--workers=2`. */
export function withoutWorkers(words: readonly string[]): string[] {
  return words.filter((word, index) => !/^--workers(=|$)/.test(word) && words[index - 1] !== '--workers');
}

/** Ports of this machine that nobody listens on, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function usage(message: string): UserError {
  return new UserError(message, { exitCode: ExitCode.usage });
}
