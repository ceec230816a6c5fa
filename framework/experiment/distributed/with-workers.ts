import { availableParallelism, cpus } from 'node:os';
import { ChiefConnection } from '../../cluster/chief-connection';
import { type Cluster, isChief, localRank, workerName } from '../../cluster/cluster';
import type { Connection } from '../../cluster/connection';
import { rendezvous } from '../../cluster/rendezvous';
import type { Override } from '../../config/parse/override';
import { UserError, messageOf } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { ownVersions } from '../../run/environment/environment-record';
import { loadedTensorFlow } from '../../tensorflow/load';
import type { RunAssembly, RunOptions } from '../assembly';
import { checkWorkers, commonSettings } from './check-workers';
import { loadFor } from '../lifecycle/compute';
import { Divergence } from '../training/divergence';
import { startExchange } from './exchange';
import { Workers } from './workers';

/** What every worker was started for. */
export type Purpose = 'run' | 'resume';

/** What a worker says of itself. */
interface WorkerHello {
  readonly purpose: Purpose;
  /** Nothing where it takes the chief's. */
  readonly settings: Readonly<Record<string, string>> | undefined;
}

/** What the chief has all train. */
export interface Task {
  readonly name: string;
  readonly overrides: readonly Override[];
  /** Of a run that has come to its end: there is nothing to train. */
  readonly finishedAt?: number;
}

/** Seconds that clocks may differ by without being spoken of. */
const CLOCK_SECONDS = 2;

/**
 * Loads TensorFlow and does work, together with the other workers of the cluster where there are any.
 * @throws UserError where they cannot work together, before the first step; or saying which of them has failed
 */
export async function withWorkers<T>(
  ingredients: RunOptions,
  assembly: RunAssembly,
  purpose: Purpose,
  work: (workers?: Workers) => Promise<T>,
): Promise<T> {
  const { cluster, monitor } = ingredients;
  if (!cluster) {
    await loadFor(assembly.settings);
    return work();
  }
  checkWorkers(assembly.settings, cluster.addresses.length);
  return withConnection(await connectWorkers(ingredients, monitor), async (connection) => {
    await exchangeTask(connection, { purpose, settings: commonSettings(assembly.resolution) }, ingredients);
    return work(await startWorkers(connection, assembly));
  });
}

/** Tells the other workers, where there are any, that the run has come to its end already. */
export async function broadcastFinished(ingredients: RunOptions, step: number): Promise<void> {
  const { cluster, monitor, name, overrides } = ingredients;
  if (!cluster) return;
  await withConnection(await connectWorkers(ingredients, monitor), (connection) =>
    exchangeTask(connection, { purpose: 'resume', settings: undefined }, { name, overrides, finishedAt: step }),
  );
}

/** Waits for the workers of the cluster. */
export async function connectWorkers({ cluster }: Pick<RunOptions, 'cluster'>, monitor: Monitor): Promise<Connection> {
  if (!cluster) throw new Error('there are no other workers');
  const others = cluster.addresses.length - 1;
  const title = `Meet ${others === 1 ? 'the other worker' : `${others} other workers`}`;
  const connection = await monitor.section(title, () => rendezvous(cluster));
  const clocks = connection instanceof ChiefConnection ? [...connection.clocks] : [];
  for (const [index, milliseconds] of clocks) {
    const seconds = Math.abs(milliseconds) / 1000;
    const direction = milliseconds > 0 ? 'ahead of' : 'behind';
    const which = `The clock of ${workerName(cluster, index)} is ${seconds.toFixed(1)} s ${direction} the chief's`;
    if (seconds > CLOCK_SECONDS) monitor.log(`${which}: times in their logs do not agree.`);
  }
  return connection;
}

/** Does work, and then leaves with the others; or tells them why it ended. */
export async function withConnection<T>(
  connection: Connection,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(connection);
    await connection.gather('the end', null, () => null);
    connection.close();
    return result;
  } catch (error) {
    // That all find at once; the chief tells which parameters are to blame.
    const isCommon = error instanceof Divergence && !isChief(connection.cluster);
    if (!connection.failed && !isCommon) connection.abort(error instanceof UserError ? error.text : messageOf(error));
    throw error;
  }
}

/** @returns what the chief has all train @throws UserError naming the first that was started for something else */
export function exchangeTask(connection: Connection, own: WorkerHello, task: Task): Promise<Task> {
  return connection.gather('the task', own, (introductions: readonly WorkerHello[]) => {
    for (const [index, other] of introductions.entries()) {
      const difference = differenceOf(own, other);
      if (difference === undefined) continue;
      throw new UserError(`${workerName(connection.cluster, index)} was started for something else: ${difference}.`, {
        hints: ['Start every worker by the same command.'],
      });
    }
    const { name, overrides, finishedAt } = task;
    return { name, overrides, ...(finishedAt !== undefined && { finishedAt }) };
  });
}

function differenceOf(chief: WorkerHello, other: WorkerHello): string | undefined {
  if (chief.purpose !== other.purpose) return `exp ${other.purpose}, and the chief for exp ${chief.purpose}`;
  const { settings } = other;
  if (!settings || !chief.settings) return undefined;
  const keys = Object.keys({ ...chief.settings, ...settings });
  const key = keys.find((key) => settings[key] !== chief.settings?.[key]);
  return key === undefined
    ? undefined
    : `it has ${key}=${settings[key] ?? 'nothing'}, and the chief ${chief.settings[key] ?? 'nothing'}`;
}

/** Of a machine's GPUs each worker takes one, and of its cores an equal share, unless Slurm or the user has chosen for it. */
function shareMachine(cluster: Cluster, device: string): void {
  const { index, count } = localRank(cluster);
  if (count === 1) return;
  if (device === 'auto') process.env['CUDA_VISIBLE_DEVICES'] ??= String(index);
  const cores = cpus().length;
  // Fewer than the machine has are this worker's own.
  if (availableParallelism() < cores) return;
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(Math.max(1, Math.floor(cores / count)));
}

/** Loads TensorFlow, compares what it is, and connects with the others. */
export async function startWorkers(connection: Connection, assembly: RunAssembly): Promise<Workers> {
  const { settings, stop } = assembly;
  shareMachine(connection.cluster, settings.device);
  await loadFor(settings);
  const { version: tensorflow, gpu } = loadedTensorFlow();
  const { explab } = ownVersions();
  const kind = `explab ${explab ?? ''}, TensorFlow ${tensorflow}, on a ${gpu ? 'GPU' : 'CPU'}`;
  await connection.gather('versions', kind, (kinds) => {
    const different = kinds.findIndex((other) => other !== kind);
    if (different < 0) return null;
    const name = workerName(connection.cluster, different);
    throw new UserError(`${name} has ${kinds[different] ?? ''}, and the chief has ${kind}.`, {
      hints: ['All workers need the same versions, and the same kind of device.'],
    });
  });
  return new Workers(connection, await startExchange(connection, gpu, { threads: settings.threads }), stop);
}
