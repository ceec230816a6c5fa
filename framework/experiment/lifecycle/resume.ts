import type { Checkpoint } from '../../checkpoint/checkpoint';
import { CheckpointFolder, savedSteps } from '../../checkpoint/checkpoint-folder';
import { recoverCheckpoints } from '../../checkpoint/commit-checkpoint';
import { type Override, withChanges } from '../../config/parse/override';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { readConfig } from '../../run/config-file';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { findCheckpoint } from '../../run/find-checkpoint';
import { rewindMetrics } from '../../run/metrics-file';
import type { RunFolder } from '../../run/run-folder';
import { overrideFields, recordedOverrides, readRecord, updateRecord } from '../../run/run-record';
import type { Attempt } from '../../run/status/attempt';
import { withRunLock } from '../../run/status/with-run-lock';
import { loadedTensorFlow } from '../../tensorflow/load';
import { RunContainer, type RunOptions, streamsOf } from '../run-container';
import { broadcastFinished, withWorkers } from '../distributed/with-workers';
import type { Experiment } from '../experiment';
import { openCheckpoint } from '../weights/checkpoint-ref';
import { openInitialWeights, rejectInitialWeights } from '../weights/initial-weights';
import { type Change, changesBetween, checkChanges, recordConfig, describeChange } from './config-record';
import { type Outcome, outcomeOfFinished } from './outcome';
import { train } from './train';
import { commandName } from '../../util/command-name';

/** Options for resuming a run. */
export interface ResumeOptions {
  /** Settings to change; already included in the run options. */
  readonly changes?: readonly Override[];
  /** Step of the checkpoint; the latest valid one by default. */
  readonly step?: number | undefined;
}

/**
 * Resumes a run from a checkpoint, with the settings it was started with and the named changes. A completed run is not changed; a run
 * without a checkpoint starts from the beginning.
 * @throws UserError if the checkpoint is damaged, settings have changed that are not named, or another process is writing the run
 */
export async function resumeRun(
  options: RunOptions,
  folder: RunFolder,
  { changes = [], step }: ResumeOptions = {},
): Promise<Outcome> {
  const container = new RunContainer(options);
  const { monitor } = options;
  checkNewest(folder, step);
  const finished = await outcomeOfFinished(container, options, folder, changes.length > 0);
  if (finished) {
    await broadcastFinished(options, finished.step);
    return finished;
  }
  const training = (attempt: Attempt) =>
    withWorkers(options, container, 'resume', async (workers) => {
      await recordAndCompareEnvironment(attempt, folder, { tensorflow: loadedTensorFlow().version }, monitor);
      const prepare = (experiment: Experiment): Promise<void> =>
        resumeFromCheckpoint(experiment, container, { folder, changes, step, monitor });
      return train(container, options, { folder, attempt, prepare, isNew: false }, workers);
    });
  return withRunLock(folder, monitor, training, streamsOf(options));
}

/** A run to resume, with the settings that it then has. */
interface FoundRun extends Required<Pick<ResumeOptions, 'changes'>> {
  readonly folder: RunFolder;
  readonly step: number | undefined;
  readonly name: string;
  readonly overrides: readonly Override[];
}

/** Finds a run to resume. @param run RUN or RUN@STEP @throws UserError if there is none */
export async function findRunToResume(runs: string, run: string, changes: readonly Override[]): Promise<FoundRun> {
  const { run: folder, step } = await findCheckpoint(runs, run);
  const record = readRecord(folder);
  const overrides = withChanges(recordedOverrides(record), changes);
  return { folder, step, name: record.experiment, overrides, changes };
}

/** Checkpoint to resume from, and the settings to change. */
interface ResumePoint {
  readonly folder: RunFolder;
  readonly step?: number | undefined;
  readonly changes: readonly Override[];
  readonly monitor: Monitor;
}

/**
 * Restores an experiment from a checkpoint of its run, or initializes it if there is none, and records the resumption. The run's files
 * are not changed before all checks have passed.
 */
async function resumeFromCheckpoint(experiment: Experiment, container: RunContainer, back: ResumePoint): Promise<void> {
  const { folder, monitor } = back;
  await recoverCheckpoints(folder.checkpoints);
  await experiment.init();
  const checkpoint =
    savedSteps(folder.checkpoints).length === 0 ? undefined : await openCheckpoint({ run: folder, ...back }, monitor);
  try {
    if (checkpoint) {
      rejectInitialWeights(back.changes);
      checkOrigin(checkpoint, container, folder);
    }
    const changes = changesOf(container, back);
    if (checkpoint) await experiment.restore(checkpoint);
    else await loadRecordedWeights(experiment, back);
    if (back.changes.length === 0) container.stop.reason = checkpoint?.manifest.stopped;
    await setDamagedAside(folder, experiment.step, monitor);
    rewindMetrics(folder.metrics, experiment.loggedStep);
    recordResumption(experiment, container, back, changes);
    container.supersede(experiment.step, back.changes);
    monitor.log(
      checkpoint ? `Resumed after step ${experiment.step}.` : 'No checkpoint yet: starting from the beginning.',
    );
  } finally {
    await checkpoint?.close();
  }
}

/** Gives the models the initial weights that were recorded when the run was started. */
function loadRecordedWeights(experiment: Experiment, { folder, monitor }: ResumePoint): Promise<void> {
  const { initialWeights = [] } = readRecord(folder);
  return experiment.loadInitialWeights(initialWeights, (each) => openInitialWeights(folder.root, each, monitor));
}

/**
 * Rejects a step before the latest checkpoint of a run: the later points and checkpoints would be lost or mixed up.
 * @throws UserError with the command that starts a new run from the step
 */
function checkNewest({ id, checkpoints }: RunFolder, step: number | undefined): void {
  const newest = savedSteps(checkpoints).at(-1);
  if (step === undefined || newest === undefined || step >= newest) return;
  throw new UserError(`${id} has checkpoints after step ${step}, up to step ${newest}.`, {
    hints: [`To continue from step ${step} in a new run: ${commandName()} run --from ${id}@${step}`],
  });
}

/** @throws UserError if the checkpoint was not saved by this run */
function checkOrigin({ manifest }: Checkpoint, { config }: RunContainer, folder: RunFolder): void {
  const { experiment, config: saved, position } = manifest;
  const { configs = [saved] } = readRecord(folder);
  if (experiment === config.experiment && configs.includes(saved)) return;
  const what =
    experiment === config.experiment ? 'with settings that this run never had' : `by the experiment ${experiment}`;
  throw new UserError(`The checkpoint of step ${position.step} in ${folder.checkpoints} was saved ${what}.`, {
    hints: [`It belongs to another run. Remove it, or start a new run from it: ${commandName()} run --from RUN@STEP`],
  });
}

/** @throws UserError if a setting has changed that was not named */
function changesOf({ config }: RunContainer, { folder, changes: named }: ResumePoint): Record<string, Change> {
  const before = readConfig(folder);
  const changes = before ? changesBetween(before, config) : {};
  checkChanges(changes, config, named);
  return changes;
}

/** Moves away damaged checkpoints after the restored one: they would block the new ones. */
async function setDamagedAside(folder: RunFolder, step: number, monitor: Monitor): Promise<void> {
  for (const later of savedSteps(folder.checkpoints).filter((each) => each > step)) {
    const path = await new CheckpointFolder(folder.checkpoints).setAside(later);
    monitor.log(`Moved the damaged checkpoint of step ${later} to ${path}.`);
  }
}

function recordResumption(
  experiment: Experiment,
  container: RunContainer,
  back: ResumePoint,
  changes: Record<string, Change>,
): void {
  const { folder, monitor } = back;
  const before = readRecord(folder);
  const time = new Date().toISOString();
  const { resumedAt = [], changes: earlier = [] } = before;
  const changed = Object.keys(changes).length > 0;
  updateRecord(folder, {
    status: 'running',
    pid: process.pid,
    resumedAt: [...resumedAt, time],
    ...(changed && {
      changes: [...earlier, { step: experiment.step, time, settings: changes }],
      // They also apply when the run is resumed again.
      ...overrideFields(withChanges(recordedOverrides(before), back.changes)),
    }),
  });
  for (const [key, change] of Object.entries(changes))
    monitor.log(`${key}: ${describeChange(change)} from step ${experiment.step + 1} on`);
  if (changed || !readConfig(folder)) recordConfig(container.config, folder);
}
