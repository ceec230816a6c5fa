import { type Cluster, isChief } from '../../cluster/cluster';
import { isWorker, joinCluster } from '../../cluster/join-cluster';
import { ExitCode, UserError } from '../../errors';
import type { RunOptions } from '../../experiment/run-container';
import type { Purpose } from '../../experiment/distributed/with-workers';
import { exitAtOnce } from '../../tensorflow/distributed/exit';
import type { WorkersArguments } from '../options/settings';
import { reportError } from '../output/report-error';
import { workAsMpiWorker } from './mpi-worker';

/** Run options of a worker that receives the experiment and its settings from the chief. */
type WorkerOptions = Omit<RunOptions, 'name' | 'overrides'>;

/**
 * Runs a command in this process, as a worker of the cluster described by the environment, or in workers that it starts and supervises.
 * @param workers number of workers to start
 * @throws UserError if this process is a worker already, or for an invalid cluster
 */
export async function withCluster(
  { workers }: WorkersArguments,
  work: (cluster: Cluster | undefined) => Promise<void>,
): Promise<void> {
  if (workers !== undefined) checkNotWorker();
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
 * Trains as a worker, if this process is one and not the chief, and prints how that ended.
 * @param runOptions without name and settings to receive them from the chief
 * @returns false if this process is not such a worker
 */
export async function runAsWorker(purpose: Purpose, runOptions: RunOptions | WorkerOptions): Promise<boolean> {
  const { cluster, monitor } = runOptions;
  if (!cluster || isChief(cluster)) return false;
  const { trainAsWorker, joinRun } = await import('../../experiment/distributed/run-worker');
  const { step, wasStopped } = await ('name' in runOptions ? trainAsWorker(runOptions) : joinRun(purpose, runOptions));
  process.exitCode = wasStopped ? ExitCode.interrupted : ExitCode.ok;
  monitor.log(
    `Worker ${cluster.index} ${wasStopped ? 'stopped' : 'finished'} after ${step} steps; the chief wrote the run.`,
  );
  return true;
}

function checkNotWorker(): void {
  if (!isWorker(process.env)) return;
  const message = 'This process is already a worker of a cluster, by its launcher or TF_CONFIG. Omit --workers.';
  throw new UserError(message, { exitCode: ExitCode.usage });
}

/** Arguments without `--workers 2` or `--workers=2`. */
export function withoutWorkers(args: readonly string[]): string[] {
  return args.filter((arg, index) => !/^--workers(=|$)/.test(arg) && args[index - 1] !== '--workers');
}
