import { newestManifest } from '../../checkpoint/checkpoint-folder';
import type { RunFolder } from '../../run/run-folder';
import { type Status, readRecord } from '../../run/run-record';
import type { RunContainer, RunOptions } from '../run-container';
import { isFinished } from './progress';

/** Outcome of a run. */
export interface Outcome {
  readonly folder: RunFolder;
  readonly status: Status;
  readonly step: number;
  readonly exitCode: number;
  /** True if its model generates samples. */
  readonly canSample: boolean;
}

/** Outcome of a completed run, by its record and its latest checkpoint; undefined for any other. */
export async function outcomeOfFinished(
  { settings }: RunContainer,
  { monitor }: RunOptions,
  folder: RunFolder,
): Promise<Outcome | undefined> {
  const manifest = await newestManifest(folder.checkpoints);
  if (readRecord(folder).status !== 'completed' || !manifest || !isFinished(settings, manifest.position))
    return undefined;
  const { step, epoch } = manifest.position;
  const { epochs, maxSteps = Infinity } = settings;
  const limits = [...(epoch >= epochs ? ['epochs=...'] : []), ...(step >= maxSteps ? ['maxSteps=...'] : [])];
  const command = `exp resume ${[folder.id, ...limits].join(' ')}`;
  monitor.log(`${folder.id} is already completed. To train it for longer: ${command}`);
  return { folder, status: 'completed', step, exitCode: 0, canSample: false };
}
