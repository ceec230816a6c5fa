import { RunFolder } from '../../run/run-folder';
import { RunAssembly, type RunOptions } from '../assembly';
import { checkWorkers } from './check-workers';
import { describeCompute, engineFor } from '../lifecycle/compute';
import { type Purpose, exchangeTask, withConnection, connectWorkers, startWorkers, withWorkers } from './with-workers';
import type { Workers } from './workers';

/** What a worker that is not the chief has done. */
export interface WorkerResult {
  /** The updates of the run. */
  readonly step: number;
  readonly wasStopped: boolean;
}

/** Trains along with the chief, who writes the run, from its beginning. @throws UserError as `startRun` */
export function trainAsWorker(ingredients: RunOptions): Promise<WorkerResult> {
  const assembly = new RunAssembly(ingredients);
  return withWorkers(ingredients, assembly, 'run', (workers) => trainWithChief(assembly, ingredients, workers));
}

/**
 * Trains along with the chief, who goes on with a run or begins with a checkpoint of one: by which settings, the chief tells.
 * @throws UserError as `resumeRun` and `startRun`
 */
export async function joinRun(
  purpose: Purpose,
  ingredients: Omit<RunOptions, 'name' | 'overrides'>,
): Promise<WorkerResult> {
  const { cluster, monitor } = ingredients;
  return withConnection(await connectWorkers(ingredients, monitor), async (connection) => {
    const { finishedAt, ...task } = await exchangeTask(
      connection,
      { purpose, settings: undefined },
      { name: '', overrides: [] },
    );
    if (finishedAt !== undefined) return { step: finishedAt, wasStopped: false };
    const whole = { ...ingredients, ...task };
    const assembly = new RunAssembly(whole);
    checkWorkers(assembly.settings, cluster?.addresses.length ?? 1);
    return trainWithChief(assembly, whole, await startWorkers(connection, assembly));
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
      // Nothing is written there by this worker, which may not even see it.
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
