import type { Checkpoint } from '../checkpoint/checkpoint';
import { CheckpointFolder, newestManifest, savedSteps } from '../checkpoint/checkpoint-folder';
import { tidyUp } from '../checkpoint/placing';
import { type Override, typed } from '../config/override';
import { UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import { readConfig, writeConfig } from '../run/config-file';
import { rewindMetrics } from '../run/metrics-file';
import type { RunFolder } from '../run/run-folder';
import { type RunRecord, givenSettings, readRecord, updateRecord } from '../run/run-record';
import type { Assembly, Ingredients } from './assembly';
import { type Change, changesBetween, checkChanges, hashOf, told } from './config-record';
import type { Outcome } from './execute';
import { type Experiment, isFinished } from './experiment';
import { openCheckpoint } from './take-checkpoint';

/** Where a run goes back to, and what is to be another then. */
interface Return {
  readonly folder: RunFolder;
  readonly step?: number | undefined;
  readonly changes: readonly Override[];
  readonly monitor: Monitor;
}

/**
 * Brings an experiment back to a checkpoint of its run, or to the beginning where there is none yet, and records that the run goes on.
 * The run's files stay as they are until all is known to fit.
 */
export async function goBack(experiment: Experiment, assembly: Assembly, back: Return): Promise<void> {
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
    monitor.say(checkpoint ? `Resumed after step ${experiment.step}.` : 'There is no checkpoint yet: beginning again.');
  } finally {
    await checkpoint?.close();
  }
}

/** Writes config.json, and by what it is known into the record. */
export function recordConfig({ config }: Assembly, folder: RunFolder): void {
  writeConfig(folder, config);
  const { configs = [] } = readRecord(folder);
  updateRecord(folder, { configs: [...new Set([...configs, hashOf(config)])] });
}

/**
 * Refuses to go back behind the newest checkpoint within a run: what came after would be lost, or mixed up.
 * @throws UserError telling how that is done in a new run
 */
export function checkNewest({ id, checkpoints }: RunFolder, step: number | undefined): void {
  const newest = savedSteps(checkpoints).at(-1);
  if (step === undefined || newest === undefined || step >= newest) return;
  throw new UserError(`${id} has newer checkpoints than that of step ${step}, up to step ${newest}.`, {
    hints: [`To go on from step ${step} in a new run: exp run --from ${id}@${step}`],
  });
}

/** How a run ended that has come to its end, by its record and its newest checkpoint; nothing for any other. */
export async function outcomeOfFinished(
  { settings }: Assembly,
  { monitor }: Ingredients,
  folder: RunFolder,
): Promise<Outcome | undefined> {
  const manifest = await newestManifest(folder.checkpoints);
  if (readRecord(folder).status !== 'completed' || !manifest || !isFinished(settings, manifest.position))
    return undefined;
  const { step, epoch } = manifest.position;
  const { epochs, maxSteps = Infinity } = settings;
  const limits = [...(epoch >= epochs ? ['epochs=...'] : []), ...(step >= maxSteps ? ['maxSteps=...'] : [])];
  const command = `exp resume ${[folder.id, ...limits].join(' ')}`;
  monitor.say(`${folder.id} has finished, and stays as it is. To train it for longer: ${command}`);
  return { folder, status: 'completed', step, exitCode: 0, draws: false };
}

/** @throws UserError where a checkpoint was not saved by this run */
function checkOrigin({ manifest }: Checkpoint, { config }: Assembly, folder: RunFolder): void {
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
function changesOf({ config }: Assembly, { folder, changes: words }: Return): Record<string, Change> {
  const before = readConfig(folder);
  const changes = before ? changesBetween(before, config) : {};
  checkChanges(changes, config, words);
  return changes;
}

/** Damaged checkpoints after the one that was taken would stand where new ones are to be. */
async function setDamagedAside(folder: RunFolder, step: number, monitor: Monitor): Promise<void> {
  for (const later of savedSteps(folder.checkpoints).filter((each) => each > step)) {
    const place = await new CheckpointFolder(folder.checkpoints).setAside(later);
    monitor.say(`The damaged checkpoint is now ${place}.`);
  }
}

function record(experiment: Experiment, assembly: Assembly, back: Return, changes: Record<string, Change>): void {
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
      ...given(before, back),
    }),
  });
  for (const [key, change] of Object.entries(changes))
    monitor.say(`${key}: ${told(change)} from step ${experiment.step + 1} on`);
  if (changed || !readConfig(folder)) recordConfig(assembly, folder);
}

/** The settings that the run is gone on with from now on, also when it is resumed again. */
function given(before: RunRecord, { changes }: Return): Pick<RunRecord, 'given' | 'overrides'> {
  return { given: [...givenSettings(before), ...changes], overrides: [...before.overrides, ...changes.map(typed)] };
}
