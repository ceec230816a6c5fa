import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Override } from '../../config/parse/override';
import { UserError } from '../../errors';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { rewindMetrics } from '../../run/metrics-file';
import { RunFolder } from '../../run/run-folder';
import { checkRunName } from '../../run/run-name';
import { startRecord, updateRecord } from '../../run/run-record';
import { withRunLock } from '../../run/status/with-run-lock';
import { loadedTensorFlow } from '../../tensorflow/load';
import { checkFolderWritable } from '../../util/writable';
import { RunAssembly, type RunOptions } from '../assembly';
import { withWorkers } from '../distributed/with-workers';
import type { Experiment } from '../experiment';
import { type CheckpointRef, openForFork } from '../weights/checkpoint-ref';
import { recordConfig } from './config-record';
import type { Outcome } from './outcome';
import { rehearse } from './rehearse';
import { train } from './train';
import { inheritTuning } from './tuning';

/** What the user calls a run; nothing where it is called by the time alone. */
export interface RunIdentity {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** The folder that was made when it was submitted; it is taken over. */
  readonly submitted?: RunFolder | undefined;
}

/** How a run begins. */
export interface StartOptions {
  readonly identity?: RunIdentity;
  /** A checkpoint of another run that it begins with. */
  readonly from?: CheckpointRef | undefined;
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
  ingredients: RunOptions,
  root: string,
  { identity: called = {}, from, changes = [], begin }: StartOptions = {},
): Promise<Outcome> {
  if (called.name !== undefined) checkRunName(called.name);
  // What was submitted has a record, in which its mistakes are to be found.
  if (!called.submitted) await rehearse(ingredients);
  checkFolderWritable(root);
  const assembly = new RunAssembly(ingredients);
  const source = from && (await openForFork(from, ingredients));
  const { name, monitor, overrides } = ingredients;
  try {
    return await withWorkers(ingredients, assembly, 'run', (workers) => {
      const folder = called.submitted ?? newFolder(root, name, called);
      const writing = withRunLock(folder, monitor, async (attempt) => {
        const versions = { tensorflow: loadedTensorFlow().version };
        startRecord(folder, name, overrides, versions, assembly.goals);
        if (source) updateRecord(folder, { from: source.from });
        if (from && source) inheritTuning(from.run, folder, source.from.step);
        // What an earlier process measured that was killed before it saved is measured again.
        rewindMetrics(folder.metrics, 0);
        begin?.(folder);
        await recordAndCompareEnvironment(attempt, folder, versions, monitor);
        const prepare = async (experiment: Experiment): Promise<void> => {
          recordConfig(assembly.config, folder);
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

/** Makes the folder of a new run. @throws UserError where its name cannot be */
export function newFolder(root: string, experiment: string, { id, name }: RunIdentity): RunFolder {
  if (id !== undefined) return RunFolder.named(root, experiment, id);
  return RunFolder.create(root, experiment, new Date(), name);
}
