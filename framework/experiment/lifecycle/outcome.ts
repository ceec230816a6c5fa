import { newestManifest } from '../../checkpoint/checkpoint-folder';
import type { Manifest } from '../../checkpoint/manifest';
import type { Monitor } from '../../monitor/monitor';
import type { RunFolder } from '../../run/run-folder';
import { type Status, readRecord } from '../../run/run-record';
import type { RunContainer, RunOptions } from '../run-container';
import { isFinished } from './progress';
import { commandName } from '../../util/command-name';

/** Outcome of a run. */
export interface Outcome {
  readonly folder: RunFolder;
  readonly status: Status;
  readonly step: number;
  readonly exitCode: number;
  /** True if its model generates samples. */
  readonly canSample: boolean;
}

/**
 * Outcome of a completed run, by its record and its latest checkpoint; undefined for any other.
 * @param isChanged whether settings change: a run that a callback has ended continues then
 */
export async function outcomeOfFinished(
  { settings }: RunContainer,
  { monitor }: RunOptions,
  folder: RunFolder,
  isChanged: boolean,
): Promise<Outcome | undefined> {
  const manifest = await newestManifest(folder.checkpoints);
  if (readRecord(folder).status !== 'completed' || !manifest) return undefined;
  if (manifest.stopped !== undefined && !isChanged) return stoppedOutcome(folder, manifest, monitor);
  if (!isFinished(settings, manifest.position)) return undefined;
  const { step, epoch } = manifest.position;
  const { epochs, maxSteps = Infinity } = settings;
  const limits = [...(epoch >= epochs ? ['epochs=...'] : []), ...(step >= maxSteps ? ['maxSteps=...'] : [])];
  const command = `${commandName()} resume ${[folder.id, ...limits].join(' ')}`;
  monitor.log(`${folder.id} is already completed. To train it for longer: ${command}`);
  return { folder, status: 'completed', step, exitCode: 0, canSample: false };
}

/** Outcome of a run that a callback has ended. */
function stoppedOutcome(folder: RunFolder, { stopped, position }: Manifest, monitor: Monitor): Outcome {
  monitor.log(
    `${folder.id} is already completed: ${stopped} To train it for longer: ${commandName()} resume ${folder.id} callbacks=[]`,
  );
  return { folder, status: 'completed', step: position.step, exitCode: 0, canSample: false };
}
