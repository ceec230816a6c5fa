import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Override } from '../../config/parse/override';
import { UserError } from '../../errors';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { rewindMetrics } from '../../run/metrics-file';
import { RunFolder } from '../../run/run-folder';
import { checkRunName } from '../../run/run-name';
import { type InitialWeightsRecord, startRecord, updateRecord } from '../../run/run-record';
import { withRunLock } from '../../run/status/with-run-lock';
import { loadedTensorFlow } from '../../tensorflow/load';
import { checkFolderWritable } from '../../util/writable';
import { RunContainer, type RunOptions, streamsOf } from '../run-container';
import { withWorkers } from '../distributed/with-workers';
import type { Experiment } from '../experiment';
import { type CheckpointRef, openForFork } from '../weights/checkpoint-ref';
import { openInitialWeights, rejectInitialWeights, resolveInitialWeights } from '../weights/initial-weights';
import { recordConfig } from './config-record';
import type { Outcome } from './outcome';
import { checkExperiment } from './check-experiment';
import { train } from './train';
import { inheritTuning } from './tuning';

/** User-given identity of a run. Defaults to a timestamp. */
export interface RunIdentity {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Existing folder of a submitted run. */
  readonly submitted?: RunFolder | undefined;
}

/** Options for starting a run. */
export interface StartOptions {
  readonly identity?: RunIdentity;
  /** Checkpoint of another run to start from. */
  readonly from?: CheckpointRef | undefined;
  /** Checkpoints that the initial weights must come from, by their names in the settings. */
  readonly initialWeights?: readonly InitialWeightsRecord[] | undefined;
  /** Settings that differ from the run that it repeats or starts from. */
  readonly changes?: readonly Override[];
  /** Called when the run's record is written, before anything else is created. */
  readonly begin?: (folder: RunFolder) => void;
}

/**
 * Trains an experiment from the beginning, or from a checkpoint of another run, in a new folder below `root`.
 * @throws UserError if the name, the settings or the checkpoint are invalid, or the folder is not writable, before anything is created; a
 *   run that fails before its first step leaves no folder behind
 */
export async function startRun(
  options: RunOptions,
  root: string,
  { identity = {}, from, initialWeights: recorded, changes = [], begin }: StartOptions = {},
): Promise<Outcome> {
  if (identity.name !== undefined) checkRunName(identity.name);
  // A submitted run has a record, which reports its mistakes.
  if (!identity.submitted) await checkExperiment(options);
  checkFolderWritable(root);
  const container = new RunContainer(options);
  const { name, monitor, overrides } = options;
  if (from) rejectInitialWeights(changes);
  const initialWeights = from ? [] : await resolveInitialWeights(container, { root, monitor, recorded });
  const source = from && (await openForFork(from, options));
  try {
    return await withWorkers(options, container, 'run', (workers) => {
      const folder = identity.submitted ?? newFolder(root, name, identity);
      const training = withRunLock(
        folder,
        monitor,
        async (attempt) => {
          const versions = { tensorflow: loadedTensorFlow().version };
          startRecord(folder, name, overrides, versions, container.goals);
          if (source) updateRecord(folder, { from: source.from });
          if (initialWeights.length > 0) updateRecord(folder, { initialWeights });
          if (from && source) inheritTuning(from.run, folder, source.from.step);
          // Points of an earlier process that was killed before its first checkpoint are recomputed.
          rewindMetrics(folder.metrics, 0);
          begin?.(folder);
          await recordAndCompareEnvironment(attempt, folder, versions, monitor);
          const prepare = async (experiment: Experiment): Promise<void> => {
            recordConfig(container.config, folder);
            await experiment.init();
            await experiment.loadInitialWeights(initialWeights, (each) => openInitialWeights(root, each, monitor));
            if (source) await experiment.restore(source.checkpoint);
            container.supersede(experiment.step, changes);
          };
          const isNew = !source && !identity.submitted;
          return train(container, options, { folder, attempt, prepare, isNew }, workers);
        },
        streamsOf(options),
      );
      return identity.submitted ? training : removeIfEmpty(folder, training);
    });
  } finally {
    await source?.checkpoint.close();
  }
}

/** Awaits training, and removes the folder of a run that fails before its first step because of a user's mistake. */
async function removeIfEmpty(folder: RunFolder, training: Promise<Outcome>): Promise<Outcome> {
  try {
    return await training;
  } catch (error) {
    if (error instanceof UserError && isEmptyRun(folder)) await rm(folder.path, { recursive: true, force: true });
    throw error;
  }
}

/** True if a run has no output yet, and no other process writes it. */
function isEmptyRun({ attempts, checkpoints, metrics, samples, failures }: RunFolder): boolean {
  const hasPoints = existsSync(metrics) && statSync(metrics).size > 0;
  const isOurs = existsSync(attempts) && readdirSync(attempts).length === 1;
  return isOurs && !hasPoints && ![checkpoints, samples, failures].some((path) => existsSync(path));
}

/** Creates the folder of a new run. @throws UserError if its name is invalid or exists */
export function newFolder(root: string, experiment: string, { id, name }: RunIdentity): RunFolder {
  if (id !== undefined) return RunFolder.named(root, experiment, id);
  return RunFolder.create(root, experiment, new Date(), name);
}
