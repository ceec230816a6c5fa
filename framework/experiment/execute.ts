import { ExitCode, UserError, messageOf } from '../errors';
import { writeJSON } from '../checkpoint/json-file';
import { asWriter } from '../run/as-writer';
import { recordSurroundings } from '../run/environment/record-surroundings';
import { rewindMetrics } from '../run/metrics-file';
import { RunFolder } from '../run/run-folder';
import { checkRunName } from '../run/run-name';
import { type Status, readRecord, startRecord, updateRecord } from '../run/run-record';
import { loadedTensorFlow } from '../tensorflow/load';
import { Assembly, type Ingredients } from './assembly';
import { describeCompute, engineFor, loadFor } from './compute';
import type { Experiment, Images } from './experiment';
import { withWorkers } from './with-workers';
import type { Workers } from './workers';

/** How a run ended. */
export interface Outcome {
  readonly folder: RunFolder;
  readonly status: Status;
  readonly step: number;
  readonly exitCode: number;
  /** Whether its model draws images. */
  readonly draws: boolean;
}

/** What the user calls a run; nothing where it is called by the time alone. */
export interface Called {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Trains an experiment from the beginning, in a new folder below `root`.
 * @param called the folder's id, or a name for it beside the time
 * @param begin called when the run has its record, before anything else is made
 * @throws UserError where the name or the settings are wrong, before anything is made
 */
export async function startRun(
  ingredients: Ingredients,
  root: string,
  called: Called = {},
  begin?: (folder: RunFolder) => void,
): Promise<Outcome> {
  if (called.name !== undefined) checkRunName(called.name);
  const assembly = new Assembly(ingredients);
  const { name, monitor, overrides } = ingredients;
  return withWorkers(ingredients, assembly, 'run', (workers) => {
    const folder =
      called.id === undefined
        ? RunFolder.create(root, name, new Date(), called.name)
        : RunFolder.named(root, name, called.id);
    return asWriter(folder, monitor, async (attempt) => {
      const versions = { tensorflow: loadedTensorFlow().version };
      startRecord(folder, name, overrides, versions);
      begin?.(folder);
      await recordSurroundings(attempt, folder, versions, monitor);
      const prepare = async (experiment: Experiment) => {
        writeJSON(folder.config, configOf(assembly, name));
        await experiment.init();
      };
      return train(assembly, ingredients, folder, prepare, workers);
    });
  });
}

/**
 * Goes on with a run from its newest checkpoint, with the settings it was started with.
 * @throws UserError where there is no checkpoint, or it is damaged, or another process is writing the run
 */
export function resumeRun(ingredients: Ingredients, folder: RunFolder): Promise<Outcome> {
  const assembly = new Assembly(ingredients);
  const { monitor } = ingredients;
  return asWriter(folder, monitor, (attempt) =>
    withWorkers(ingredients, assembly, 'resume', async (workers) => {
      await recordSurroundings(attempt, folder, { tensorflow: loadedTensorFlow().version }, monitor);
      const { resumedAt = [] } = readRecord(folder);
      const prepare = async (experiment: Experiment) => {
        await experiment.init();
        await experiment.restore();
        rewindMetrics(folder.metrics, experiment.step);
        const resumed = [...resumedAt, new Date().toISOString()];
        updateRecord(folder, { status: 'running', pid: process.pid, resumedAt: resumed });
        monitor.say(`Resumed after step ${experiment.step}.`);
      };
      return train(assembly, ingredients, folder, prepare, workers);
    }),
  );
}

/**
 * Draws images by the model of a run's newest checkpoint.
 * @throws UserError where the experiment draws none
 */
export async function drawImages(
  ingredients: Ingredients,
  folder: RunFolder,
  count: number,
  seed: number,
): Promise<Images> {
  const assembly = new Assembly(ingredients);
  await loadFor(assembly.settings);
  try {
    const experiment = assembly.connect(folder);
    if (!experiment.draw) throw new UserError(`${folder.id} is a run of ${ingredients.name}, which draws no images.`);
    await experiment.init();
    await experiment.restore(experiment.drawnFrom);
    return await experiment.draw(count, seed);
  } finally {
    await assembly.close();
  }
}

/** Trains, and records how it ended, whichever way it did. */
async function train(
  assembly: Assembly,
  { monitor }: Ingredients,
  folder: RunFolder,
  prepare: (experiment: Experiment) => Promise<void>,
  workers?: Workers,
): Promise<Outcome> {
  try {
    return await assembly.stop.during(async () => {
      await workers?.chiefs('folder', folder.path);
      const experiment = assembly.connect(folder, engineFor(assembly.settings, workers?.cluster), workers);
      monitor.say(describeCompute(assembly.settings));
      await monitor.section('Prepare data', () => experiment.open());
      await monitor.section('Prepare model', () => prepare(experiment));
      assembly.track();
      const training = experiment.gather().then(() => experiment.loop());
      await (workers?.during(training) ?? training);
      const status = assembly.stop.requested ? 'interrupted' : 'completed';
      updateRecord(folder, { status, endedAt: new Date().toISOString() });
      const exitCode = assembly.stop.requested ? (assembly.stop.exitCode ?? ExitCode.interrupted) : ExitCode.ok;
      return { folder, status, step: experiment.step, exitCode, draws: experiment.draw !== undefined };
    });
  } catch (error) {
    // A run that ended before, and could not be gone on with, stays as it ended.
    if (readRecord(folder).status === 'running') {
      updateRecord(folder, { status: 'failed', error: messageOf(error), endedAt: new Date().toISOString() });
    }
    throw error;
  } finally {
    await assembly.close();
  }
}

/** Every setting with its value, and where that came from, as config.json keeps it. */
function configOf({ resolution }: Assembly, experiment: string) {
  const settings = [...resolution.root.entries()].map(({ key, value, origin, place, field }) => {
    const { role } = field.rules;
    // What JSON leaves out is not known: a place for a class's default, a role that nobody gave.
    return [key, { value: value ?? null, origin, place, role }];
  });
  return { experiment, settings: Object.fromEntries(settings) as unknown };
}
