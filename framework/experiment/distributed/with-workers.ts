import { availableParallelism, cpus } from 'node:os';
import { ChiefConnection } from '../../cluster/chief-connection';
import { type Cluster, isChief, localRank, workerName } from '../../cluster/cluster';
import type { Connection } from '../../cluster/connection';
import { rendezvous } from '../../cluster/rendezvous';
import { type Override, plainOverride } from '../../config/parse/override';
import { UserError, messageOf } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { ownVersions } from '../../run/environment/environment-record';
import { loadedTensorFlow } from '../../tensorflow/load';
import type { RunContainer, RunOptions } from '../run-container';
import { checkWorkers, commonSettings } from './check-workers';
import { loadFor } from '../lifecycle/compute';
import { Divergence } from '../training/divergence';
import { startExchange } from './exchange';
import { Workers } from './workers';

/** Command that every worker was started with. */
export type Purpose = 'run' | 'resume';

/** Introduction of a worker. */
interface WorkerHello {
  readonly purpose: Purpose;
  /** Undefined if it takes the chief's settings. */
  readonly settings: Readonly<Record<string, string>> | undefined;
}

/** The task that the chief gives all workers. */
export interface Task {
  readonly name: string;
  readonly overrides: readonly Override[];
  /** Last step of a completed run: nothing is left to train. */
  readonly finishedAt?: number;
}

/** Clock skew between workers above which a warning is logged. */
const MAX_CLOCK_SKEW_SECONDS = 2;

/**
 * Loads TensorFlow and runs `work`, connected with the other workers of the cluster, if any.
 * @throws UserError if the workers do not match, before the first step; or naming the worker that failed
 */
export async function withWorkers<T>(
  options: RunOptions,
  container: RunContainer,
  purpose: Purpose,
  work: (workers?: Workers) => Promise<T>,
): Promise<T> {
  const { cluster, monitor } = options;
  if (!cluster) {
    await loadFor(container.settings);
    return work();
  }
  checkWorkers(container.settings, cluster.addresses.length);
  return withConnection(await connectWorkers(options, monitor), async (connection) => {
    await exchangeTask(connection, { purpose, settings: commonSettings(container.resolution) }, options);
    return work(await startWorkers(connection, container));
  });
}

/** Informs the other workers, if any, that the run is already completed. */
export async function broadcastFinished(options: RunOptions, step: number): Promise<void> {
  const { cluster, monitor, name, overrides } = options;
  if (!cluster) return;
  await withConnection(await connectWorkers(options, monitor), (connection) =>
    exchangeTask(connection, { purpose: 'resume', settings: undefined }, { name, overrides, finishedAt: step }),
  );
}

/** Connects to the other workers of the cluster. */
export async function connectWorkers({ cluster }: Pick<RunOptions, 'cluster'>, monitor: Monitor): Promise<Connection> {
  if (!cluster) throw new Error('there are no other workers');
  const others = cluster.addresses.length - 1;
  const title = `Connect to ${others === 1 ? 'the other worker' : `${others} other workers`}`;
  const connection = await monitor.section(title, () => rendezvous(cluster));
  const clocks = connection instanceof ChiefConnection ? [...connection.clocks] : [];
  for (const [index, milliseconds] of clocks) {
    const seconds = Math.abs(milliseconds) / 1000;
    const direction = milliseconds > 0 ? 'ahead of' : 'behind';
    const skew = `The clock of ${workerName(cluster, index)} is ${seconds.toFixed(1)} s ${direction} the chief's`;
    if (seconds > MAX_CLOCK_SKEW_SECONDS) monitor.log(`${skew}: timestamps in their logs differ.`);
  }
  return connection;
}

/** Runs `work`, then closes the connection together with the others; or aborts with the error. */
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
    // All workers detect a divergence at the same step; the chief reports which parameters are affected.
    const isCommon = error instanceof Divergence && !isChief(connection.cluster);
    if (!connection.failed && !isCommon) connection.abort(error instanceof UserError ? error.text : messageOf(error));
    throw error;
  }
}

/** @returns the chief's task @throws UserError naming the first worker that was started with a different command or settings */
export function exchangeTask(connection: Connection, own: WorkerHello, task: Task): Promise<Task> {
  return connection.gather('the task', own, (hellos: readonly WorkerHello[]) => {
    for (const [index, other] of hellos.entries()) {
      const difference = differenceOf(own, other);
      if (difference === undefined) continue;
      throw new UserError(`${workerName(connection.cluster, index)} does not match the chief: ${difference}.`, {
        hints: ['Start every worker with the same command.'],
      });
    }
    const { name, overrides, finishedAt } = task;
    return { name, overrides: overrides.map(plainOverride), ...(finishedAt !== undefined && { finishedAt }) };
  });
}

function differenceOf(chief: WorkerHello, other: WorkerHello): string | undefined {
  if (chief.purpose !== other.purpose)
    return `it was started by exp ${other.purpose}, the chief by exp ${chief.purpose}`;
  const { settings } = other;
  if (!settings || !chief.settings) return undefined;
  const keys = Object.keys({ ...chief.settings, ...settings });
  const key = keys.find((key) => settings[key] !== chief.settings?.[key]);
  return key === undefined
    ? undefined
    : `it has ${key}=${settings[key] ?? 'nothing'}, but the chief has ${chief.settings[key] ?? 'nothing'}`;
}

/** Assigns each worker of a machine one GPU and an equal share of the cores, unless Slurm or the user has already done so. */
function shareMachine(cluster: Cluster, device: string): void {
  const { index, count } = localRank(cluster);
  if (count === 1) return;
  if (device === 'auto') process.env['CUDA_VISIBLE_DEVICES'] ??= String(index);
  const cores = cpus().length;
  // An affinity mask already restricts this worker to some cores.
  if (availableParallelism() < cores) return;
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(Math.max(1, Math.floor(cores / count)));
}

/** Loads TensorFlow, checks that all workers have the same version and kind of device, and connects them. */
export async function startWorkers(connection: Connection, container: RunContainer): Promise<Workers> {
  const { settings, stop } = container;
  shareMachine(connection.cluster, settings.device);
  await loadFor(settings);
  const { version: tensorflow, gpu } = loadedTensorFlow();
  const { explab } = ownVersions();
  const kind = `explab ${explab ?? ''}, TensorFlow ${tensorflow}, on a ${gpu ? 'GPU' : 'CPU'}`;
  await connection.gather('versions', kind, (kinds) => {
    const different = kinds.findIndex((other) => other !== kind);
    if (different < 0) return null;
    const name = workerName(connection.cluster, different);
    throw new UserError(`${name} has ${kinds[different] ?? ''}, but the chief has ${kind}.`, {
      hints: ['All workers need the same versions and the same kind of device.'],
    });
  });
  return new Workers(connection, await startExchange(connection, gpu, { threads: settings.threads }), stop);
}
