import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tellRun } from '../cluster/handoff';
import { ExitCode, UserError, messageOf } from '../errors';
import type { Override } from '../config/override';
import { asWriter } from '../run/as-writer';
import type { Attempt } from '../run/attempt';
import { recordSurroundings } from '../run/environment/record-surroundings';
import { rewindMetrics } from '../run/metrics-file';
import { RunFolder } from '../run/run-folder';
import { checkRunName } from '../run/run-name';
import { type Status, readRecord, startRecord, endRecord, updateRecord } from '../run/run-record';
import { loadedTensorFlow } from '../tensorflow/load';
import { fileErrorCode } from '../util/file-errors';
import { checkFolderWritable } from '../util/writable';
import { Assembly, type Ingredients } from './assembly';
import { describeCompute, engineFor } from './compute';
import { keepData } from './data-record';
import { type Images, firstImages, joined } from './drawing';
import type { Experiment } from './experiment';
import { checkNewest, goBack, outcomeOfFinished, recordConfig } from './go-back';
import { rehearse } from './rehearse';
import { type Source, openSource } from './take-checkpoint';
import { inheritTuning } from './tuning';
import { withModel } from './with-model';
import { tellFinished, withWorkers } from './with-workers';
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
  /** The folder that was made when it was submitted; it is taken over. */
  readonly submitted?: RunFolder | undefined;
}

/** How a run begins. */
export interface Beginning {
  readonly called?: Called;
  /** A checkpoint of another run that it begins with. */
  readonly from?: Source | undefined;
  /** The settings that it does not have from the run that it repeats, or begins with. */
  readonly changes?: readonly Override[];
  /** Called when the run has its record, before anything else is made. */
  readonly begin?: (folder: RunFolder) => void;
}

/**
 * Trains an experiment from the beginning, or from a checkpoint of another run, in a new folder below `root`.
 * @throws UserError if the name, the settings or the checkpoint are wrong, or the folder cannot be written, before anything is made; a run
 *   that fails before its first step leaves no folder behind
 */
export async function startRun(
  ingredients: Ingredients,
  root: string,
  { called = {}, from, changes = [], begin }: Beginning = {},
): Promise<Outcome> {
  if (called.name !== undefined) checkRunName(called.name);
  // What was submitted has a record, in which its mistakes are to be found.
  if (!called.submitted) await rehearse(ingredients);
  checkFolderWritable(root);
  const assembly = new Assembly(ingredients);
  const source = from && (await openSource(from, ingredients));
  const { name, monitor, overrides } = ingredients;
  try {
    return await withWorkers(ingredients, assembly, 'run', (workers) => {
      const folder = called.submitted ?? newFolder(root, name, called);
      const writing = asWriter(folder, monitor, async (attempt) => {
        const versions = { tensorflow: loadedTensorFlow().version };
        startRecord(folder, name, overrides, versions, assembly.goals);
        if (source) updateRecord(folder, { from: source.from });
        if (from && source) inheritTuning(from.run, folder, source.from.step);
        // What an earlier process measured that was killed before it saved is measured again.
        rewindMetrics(folder.metrics, 0);
        begin?.(folder);
        await recordSurroundings(attempt, folder, versions, monitor);
        const prepare = async (experiment: Experiment): Promise<void> => {
          recordConfig(assembly, folder);
          await experiment.init();
          if (source) await experiment.restore(source.checkpoint);
          assembly.supersede(experiment.step, changes);
        };
        const isNew = !source && !called.submitted;
        return train(assembly, ingredients, { folder, attempt, prepare, isNew }, workers);
      });
      return called.submitted ? writing : discardingIfEmpty(folder, writing);
    });
  } finally {
    await source?.checkpoint.close();
  }
}

/**
 * Records what ended a run. One that ended before, and could not be resumed, stays as it ended; one that another process has taken over is
 * that one's. Where even this cannot be written, the error itself is what counts.
 */
function recordFailure(folder: RunFolder, attempt: Attempt, error: unknown): void {
  try {
    if (attempt.isOvertaken || !existsSync(folder.record) || readRecord(folder).status !== 'running') return;
    endRecord(folder, { status: 'failed', error: messageOf(error), endedAt: new Date().toISOString() });
  } catch (other) {
    if (!fileErrorCode(other)) throw other;
  }
}

/** Removes the folder of a run that its user's mistake has ended before its first step. */
async function discardingIfEmpty(folder: RunFolder, writing: Promise<Outcome>): Promise<Outcome> {
  try {
    return await writing;
  } catch (error) {
    if (error instanceof UserError && isEmptyRun(folder)) await rm(folder.path, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a run has nothing that its user would miss, and is written by no other process. */
function isEmptyRun({ attempts, checkpoints, metrics, samples, failures }: RunFolder): boolean {
  const hasPoints = existsSync(metrics) && statSync(metrics).size > 0;
  const isOurs = existsSync(attempts) && readdirSync(attempts).length === 1;
  return isOurs && !hasPoints && ![checkpoints, samples, failures].some((path) => existsSync(path));
}

/** How a run is gone on with. */
export interface Resumption {
  /** Settings that are to be others from now on; the ingredients have them, too. */
  readonly changes?: readonly Override[];
  /** Of the checkpoint; the newest whole one where it is left out. */
  readonly step?: number | undefined;
}

/** Makes the folder of a new run. @throws UserError where its name cannot be */
export function newFolder(root: string, experiment: string, { id, name }: Called): RunFolder {
  if (id !== undefined) return RunFolder.named(root, experiment, id);
  return RunFolder.create(root, experiment, new Date(), name);
}

/**
 * Goes on with a run from a checkpoint, with the settings it was started with but for those that are named. A run that has come to its
 * end stays as it is; one that has no checkpoint yet begins again.
 * @throws UserError where the checkpoint is damaged, settings have changed that are not named, or another process is writing the run
 */
export async function resumeRun(
  ingredients: Ingredients,
  folder: RunFolder,
  { changes = [], step }: Resumption = {},
): Promise<Outcome> {
  const assembly = new Assembly(ingredients);
  const { monitor } = ingredients;
  checkNewest(folder, step);
  const finished = await outcomeOfFinished(assembly, ingredients, folder);
  if (finished) {
    await tellFinished(ingredients, finished.step);
    return finished;
  }
  return asWriter(folder, monitor, (attempt) =>
    withWorkers(ingredients, assembly, 'resume', async (workers) => {
      await recordSurroundings(attempt, folder, { tensorflow: loadedTensorFlow().version }, monitor);
      const prepare = (experiment: Experiment): Promise<void> =>
        goBack(experiment, assembly, { folder, changes, step, monitor });
      return train(assembly, ingredients, { folder, attempt, prepare, isNew: false }, workers);
    }),
  );
}

/**
 * Draws images by the model of a checkpoint of a run, the newest whole one unless a step is named: the first so many of a seed.
 * @throws UserError where the experiment draws none
 */
export function drawImages(
  ingredients: Ingredients,
  run: RunFolder,
  count: number,
  seed: number,
  step?: number,
): Promise<Images> {
  return withModel(ingredients, { run, step }, 'draw', async (experiment) => {
    const parts: Images[] = [];
    for await (const part of experiment.draw({ seed, images: firstImages(count) })) parts.push(part);
    return joined(parts);
  });
}

/** A run that is about to train. */
interface Training {
  readonly folder: RunFolder;
  readonly attempt: Attempt;
  /** Initializes the experiment, and restores what it begins with. */
  readonly prepare: (experiment: Experiment) => Promise<void>;
  /** Whether no process has logged anything of it yet. */
  readonly isNew: boolean;
}

/** Trains, and records how it ended, whichever way it did. */
async function train(
  assembly: Assembly,
  { monitor }: Ingredients,
  { folder, attempt, prepare, isNew }: Training,
  workers?: Workers,
): Promise<Outcome> {
  try {
    return await assembly.stop.during(async () => {
      if (workers) tellRun(folder.path);
      await workers?.shareFolder(folder.path);
      const experiment = assembly.connect(folder, engineFor(assembly.settings, workers?.cluster), workers, attempt);
      monitor.say(describeCompute(assembly.settings));
      await monitor.section('Prepare data', () => experiment.open());
      keepData(folder, experiment.fingerprint());
      await monitor.section('Prepare model', () => prepare(experiment));
      assembly.track(isNew ? undefined : experiment.loggedStep);
      const training = experiment.gather().then(() => experiment.loop());
      await (workers?.during(training) ?? training);
      const status = assembly.stop.requested ? 'interrupted' : 'completed';
      if (status === 'completed' && (workers?.isChief ?? true)) await assembly.requireBest();
      attempt.checkWriter();
      updateRecord(folder, { status, endedAt: new Date().toISOString(), step: experiment.step });
      const exitCode = assembly.stop.requested ? (assembly.stop.exitCode ?? ExitCode.interrupted) : ExitCode.ok;
      return { folder, status, step: experiment.step, exitCode, draws: experiment.draw !== undefined };
    });
  } catch (error) {
    recordFailure(folder, attempt, error);
    throw error;
  } finally {
    await assembly.close();
  }
}
