import { RunFolder } from '../../run/run-folder';
import { RunAssembly, type RunOptions } from '../assembly';
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
  const assembly = new RunAssembly(options);
  return withWorkers(options, assembly, 'run', (workers) => trainWithChief(assembly, options, workers));
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
    const assembly = new RunAssembly(runOptions);
    checkWorkers(assembly.settings, cluster?.addresses.length ?? 1);
    return trainWithChief(assembly, runOptions, await startWorkers(connection, assembly));
  });
}

async function trainWithChief(
  assembly: RunAssembly,
  { monitor }: RunOptions,
  workers?: Workers,
): Promise<WorkerResult> {
  if (!workers) throw new Error('there is no chief');
  try {
    return await assembly.stop.withSignalHandlers(async () => {
      // This worker writes nothing there, and may not have access to it.
      const folder = new RunFolder(await workers.shareFolder());
      const experiment = assembly.createExperiment(folder, engineFor(assembly.settings, workers.cluster), workers);
      monitor.log(describeCompute(assembly.settings));
      await monitor.section('Prepare data', () => experiment.open());
      await monitor.section('Prepare model', () => experiment.init());
      await workers.guard(experiment.syncFromChief().then(() => experiment.loop()));
      return { step: experiment.step, wasStopped: assembly.stop.requested };
    });
  } finally {
    await assembly.close();
  }
}
