import { RunFolder } from '../../run/run-folder';
import { Assembly, type Ingredients } from '../assembly';
import { checkWorkers } from './check-workers';
import { describeCompute, engineFor } from '../lifecycle/compute';
import { type Purpose, agreeOnTask, joined, meetAll, startWorkers, withWorkers } from './with-workers';
import type { Workers } from './workers';

/** What a worker that is not the chief has done. */
export interface Followed {
  /** The updates of the run. */
  readonly step: number;
  readonly wasStopped: boolean;
}

/** Trains along with the chief, who writes the run, from its beginning. @throws UserError as `startRun` */
export function followStart(ingredients: Ingredients): Promise<Followed> {
  const assembly = new Assembly(ingredients);
  return withWorkers(ingredients, assembly, 'run', (workers) => trainAlong(assembly, ingredients, workers));
}

/**
 * Trains along with the chief, who goes on with a run or begins with a checkpoint of one: by which settings, the chief tells.
 * @throws UserError as `resumeRun` and `startRun`
 */
export async function followTold(
  purpose: Purpose,
  ingredients: Omit<Ingredients, 'name' | 'overrides'>,
): Promise<Followed> {
  const { cluster, monitor } = ingredients;
  return joined(await meetAll(ingredients, monitor), async (connection) => {
    const { finishedAt, ...task } = await agreeOnTask(
      connection,
      { purpose, settings: undefined },
      { name: '', overrides: [] },
    );
    if (finishedAt !== undefined) return { step: finishedAt, wasStopped: false };
    const whole = { ...ingredients, ...task };
    const assembly = new Assembly(whole);
    checkWorkers(assembly.settings, cluster?.addresses.length ?? 1);
    return trainAlong(assembly, whole, await startWorkers(connection, assembly));
  });
}

async function trainAlong(assembly: Assembly, { monitor }: Ingredients, workers?: Workers): Promise<Followed> {
  if (!workers) throw new Error('there is no chief');
  try {
    return await assembly.stop.during(async () => {
      // Nothing is written there by this worker, which may not even see it.
      const folder = new RunFolder(await workers.shareFolder());
      const experiment = assembly.connect(folder, engineFor(assembly.settings, workers.cluster), workers);
      monitor.say(describeCompute(assembly.settings));
      await monitor.section('Prepare data', () => experiment.open());
      await monitor.section('Prepare model', () => experiment.init());
      await workers.during(experiment.gather().then(() => experiment.loop()));
      return { step: experiment.step, wasStopped: assembly.stop.requested };
    });
  } finally {
    await assembly.close();
  }
}
