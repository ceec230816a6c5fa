import type { Checkpoint } from '../../checkpoint/checkpoint';
import { CheckpointFolder, savedSteps } from '../../checkpoint/checkpoint-folder';
import { tidyUp } from '../../checkpoint/placing';
import { type Override, formatOverride } from '../../config/parse/override';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { readConfig } from '../../run/config-file';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { rewindMetrics } from '../../run/metrics-file';
import type { RunFolder } from '../../run/run-folder';
import { type RunRecord, recordedOverrides, readRecord, updateRecord } from '../../run/run-record';
import { withRunLock } from '../../run/status/with-run-lock';
import { loadedTensorFlow } from '../../tensorflow/load';
import { RunAssembly, type RunOptions } from '../assembly';
import { broadcastFinished, withWorkers } from '../distributed/with-workers';
import type { Experiment } from '../experiment';
import { openCheckpoint } from '../weights/checkpoint-ref';
import { type Change, changesBetween, checkChanges, recordConfig, describeChange } from './config-record';
import { type Outcome, outcomeOfFinished } from './outcome';
import { train } from './train';

/** How a run is gone on with. */
export interface ResumeOptions {
  /** Settings that are to be others from now on; the ingredients have them, too. */
  readonly changes?: readonly Override[];
  /** Of the checkpoint; the newest whole one where it is left out. */
  readonly step?: number | undefined;
}

/**
 * Goes on with a run from a checkpoint, with the settings it was started with but for those that are named. A run that has come to its
 * end stays as it is; one that has no checkpoint yet begins again.
 * @throws UserError where the checkpoint is damaged, settings have changed that are not named, or another process is writing the run
 */
export async function resumeRun(
  ingredients: RunOptions,
  folder: RunFolder,
  { changes = [], step }: ResumeOptions = {},
): Promise<Outcome> {
  const assembly = new RunAssembly(ingredients);
  const { monitor } = ingredients;
  checkNewest(folder, step);
  const finished = await outcomeOfFinished(assembly, ingredients, folder);
  if (finished) {
    await broadcastFinished(ingredients, finished.step);
    return finished;
  }
  return withRunLock(folder, monitor, (attempt) =>
    withWorkers(ingredients, assembly, 'resume', async (workers) => {
      await recordAndCompareEnvironment(attempt, folder, { tensorflow: loadedTensorFlow().version }, monitor);
      const prepare = (experiment: Experiment): Promise<void> =>
        resumeFromCheckpoint(experiment, assembly, { folder, changes, step, monitor });
      return train(assembly, ingredients, { folder, attempt, prepare, isNew: false }, workers);
    }),
  );
}

/** Where a run goes back to, and what is to be another then. */
interface ResumePoint {
  readonly folder: RunFolder;
  readonly step?: number | undefined;
  readonly changes: readonly Override[];
  readonly monitor: Monitor;
}

/**
 * Brings an experiment back to a checkpoint of its run, or to the beginning where there is none yet, and records that the run goes on.
 * The run's files stay as they are until all is known to fit.
 */
async function resumeFromCheckpoint(experiment: Experiment, assembly: RunAssembly, back: ResumePoint): Promise<void> {
  const { folder, monitor } = back;
  await tidyUp(folder.checkpoints);
  await experiment.init();
  const checkpoint =
    savedSteps(folder.checkpoints).length === 0 ? undefined : await openCheckpoint({ run: folder, ...back }, monitor);
  try {
    if (checkpoint) checkOrigin(checkpoint, assembly, folder);
    const changes = changesOf(assembly, back);
    if (checkpoint) await experiment.restore(checkpoint);
    await setDamagedAside(folder, experiment.step, monitor);
    rewindMetrics(folder.metrics, experiment.loggedStep);
    record(experiment, assembly, back, changes);
    assembly.supersede(experiment.step, back.changes);
    monitor.log(checkpoint ? `Resumed after step ${experiment.step}.` : 'There is no checkpoint yet: beginning again.');
  } finally {
    await checkpoint?.close();
  }
}

/**
 * Refuses to go back behind the newest checkpoint within a run: what came after would be lost, or mixed up.
 * @throws UserError telling how that is done in a new run
 */
function checkNewest({ id, checkpoints }: RunFolder, step: number | undefined): void {
  const newest = savedSteps(checkpoints).at(-1);
  if (step === undefined || newest === undefined || step >= newest) return;
  throw new UserError(`${id} has newer checkpoints than that of step ${step}, up to step ${newest}.`, {
    hints: [`To go on from step ${step} in a new run: exp run --from ${id}@${step}`],
  });
}

/** @throws UserError where a checkpoint was not saved by this run */
function checkOrigin({ manifest }: Checkpoint, { config }: RunAssembly, folder: RunFolder): void {
  const { experiment, config: saved, position } = manifest;
  const { configs = [saved] } = readRecord(folder);
  if (experiment === config.experiment && configs.includes(saved)) return;
  const what =
    experiment === config.experiment ? 'with settings that this run never had' : `by the experiment ${experiment}`;
  throw new UserError(`The checkpoint of step ${position.step} in ${folder.checkpoints} was saved ${what}.`, {
    hints: ['It belongs to another run. Take it away, or begin a new run with it: exp run --from RUN@STEP'],
  });
}

/** @throws UserError where a setting has changed that was not named */
function changesOf({ config }: RunAssembly, { folder, changes: named }: ResumePoint): Record<string, Change> {
  const before = readConfig(folder);
  const changes = before ? changesBetween(before, config) : {};
  checkChanges(changes, config, named);
  return changes;
}

/** Damaged checkpoints after the one that was taken would stand where new ones are to be. */
async function setDamagedAside(folder: RunFolder, step: number, monitor: Monitor): Promise<void> {
  for (const later of savedSteps(folder.checkpoints).filter((each) => each > step)) {
    const path = await new CheckpointFolder(folder.checkpoints).setAside(later);
    monitor.log(`The damaged checkpoint is now ${path}.`);
  }
}

function record(
  experiment: Experiment,
  assembly: RunAssembly,
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
      ...extendedOverrides(before, back),
    }),
  });
  for (const [key, change] of Object.entries(changes))
    monitor.log(`${key}: ${describeChange(change)} from step ${experiment.step + 1} on`);
  if (changed || !readConfig(folder)) recordConfig(assembly.config, folder);
}

/** The settings that the run is gone on with from now on, also when it is resumed again. */
function extendedOverrides(
  before: RunRecord,
  { changes }: ResumePoint,
): Pick<RunRecord, 'parsedOverrides' | 'overrides'> {
  return {
    parsedOverrides: [...recordedOverrides(before), ...changes],
    overrides: [...before.overrides, ...changes.map(formatOverride)],
  };
}
