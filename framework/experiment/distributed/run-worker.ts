import { RunFolder } from '../../run/run-folder';
import { RunContainer, type RunOptions } from '../run-container';
import { checkWorkers } from './check-workers';
import { describeCompute, engineFor } from '../lifecycle/compute';
import { type Purpose, exchangeTask, withConnection, connectWorkers, startWorkers, withWorkers } from './with-workers';
import type { Workers } from './workers';

/** Result of a worker other than the chief. */
export interface WorkerResult {
  /** Number of completed steps of the run. */
  readonly step: number;
  readonly wasStopped: boolean;
}

/** Trains a new run as a worker; the chief writes it. @throws UserError as `startRun` */
export function trainAsWorker(options: RunOptions): Promise<WorkerResult> {
  const container = new RunContainer(options);
  return withWorkers(options, container, 'run', (workers) => trainWithChief(container, options, workers));
}

/**
 * Joins the chief as a worker in a run that is resumed or starts from a checkpoint; the chief provides the settings.
 * @throws UserError as `resumeRun` and `startRun`
 */
export async function joinRun(
  purpose: Purpose,
  options: Omit<RunOptions, 'name' | 'overrides'>,
): Promise<WorkerResult> {
  const { cluster, monitor } = options;
  return withConnection(await connectWorkers(options, monitor), async (connection) => {
    const { finishedAt, ...task } = await exchangeTask(
      connection,
      { purpose, settings: undefined },
      { name: '', overrides: [] },
    );
    if (finishedAt !== undefined) return { step: finishedAt, wasStopped: false };
    const runOptions = { ...options, ...task };
    const container = new RunContainer(runOptions);
    checkWorkers(container.settings, cluster?.addresses.length ?? 1);
    return trainWithChief(container, runOptions, await startWorkers(connection, container));
  });
}

async function trainWithChief(
  container: RunContainer,
  { monitor }: RunOptions,
  workers?: Workers,
): Promise<WorkerResult> {
  if (!workers) throw new Error('there is no chief');
  try {
    return await container.stop.withSignalHandlers(async () => {
      // This worker writes nothing there, and may not have access to it.
      const folder = new RunFolder(await workers.shareFolder());
      const experiment = container.createExperiment(folder, engineFor(container.settings, workers.cluster), workers);
      monitor.log(describeCompute(container.settings));
      await monitor.section('Prepare data', () => experiment.open());
      await monitor.section('Prepare model', () => experiment.init());
      await workers.guard(experiment.syncFromChief().then(() => experiment.loop()));
      return { step: experiment.step, wasStopped: container.stop.requested };
    });
  } finally {
    await container.close();
  }
}
