import { type Cluster, isChief } from '../../cluster/cluster';
import { isWorker, joinCluster } from '../../cluster/join-cluster';
import { ExitCode, UserError } from '../../errors';
import type { RunOptions } from '../../experiment/assembly';
import type { Purpose } from '../../experiment/distributed/with-workers';
import { exitAtOnce } from '../../tensorflow/distributed/exit';
import type { WorkersArguments } from '../options/settings';
import { reportError } from '../output/report-error';
import { workAsMpiWorker } from './mpi-worker';

/** What a worker has by itself whom the chief tells the rest. */
type Told = Omit<RunOptions, 'name' | 'overrides'>;

/**
 * Does what a command is for: by itself, as a worker of the cluster that the environment tells, or by workers that it starts and supervises.
 * @param workers how many are to be started
 * @throws UserError where there are too few, or the cluster cannot be
 */
export async function withCluster(
  { workers }: WorkersArguments,
  work: (cluster: Cluster | undefined) => Promise<void>,
): Promise<void> {
  if (workers !== undefined) checkCount(workers);
  if (workers !== undefined && workers > 1) {
    const { supervise } = await import('./supervise');
    process.exitCode = await supervise(workers, withoutWorkers(process.argv.slice(2)));
    return;
  }
  const cluster = await joinCluster(process.env);
  if (!cluster) return work(undefined);
  if (cluster.mpi) return workAsMpiWorker(cluster.mpi, () => work(cluster));
  try {
    await work(cluster);
  } catch (error) {
    process.exitCode = reportError(error, process.argv.includes('--debug'));
  }
  exitAtOnce(Number(process.exitCode ?? ExitCode.ok));
}

/**
 * Trains along with the chief, where this process is another worker, and says how that ended.
 * @param ingredients without a name and settings where the chief is to tell them
 * @returns whether it is
 */
export async function runAsWorker(purpose: Purpose, ingredients: RunOptions | Told): Promise<boolean> {
  const { cluster, monitor } = ingredients;
  if (!cluster || isChief(cluster)) return false;
  const { trainAsWorker, joinRun } = await import('../../experiment/distributed/run-worker');
  const { step, wasStopped } = await ('name' in ingredients
    ? trainAsWorker(ingredients)
    : joinRun(purpose, ingredients));
  process.exitCode = wasStopped ? ExitCode.interrupted : ExitCode.ok;
  monitor.log(
    `Worker ${cluster.index} ${wasStopped ? 'stopped' : 'finished'} after ${step} steps; the chief wrote the run.`,
  );
  return true;
}

function checkCount(workers: number): void {
  if (isWorker(process.env)) {
    throw usage('This process is a worker of a cluster already, by its launcher or TF_CONFIG: omit --workers.');
  }
  if (!Number.isInteger(workers) || workers < 1) throw usage('--workers: expected a whole number, 1 or more.');
}

/** The words of a command without `--workers 2` or `--workers=2`. */
export function withoutWorkers(args: readonly string[]): string[] {
  return args.filter((word, index) => !/^--workers(=|$)/.test(word) && args[index - 1] !== '--workers');
}

function usage(message: string): UserError {
  return new UserError(message, { exitCode: ExitCode.usage });
}
