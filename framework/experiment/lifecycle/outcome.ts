import { newestManifest } from '../../checkpoint/checkpoint-folder';
import type { RunFolder } from '../../run/run-folder';
import { type Status, readRecord } from '../../run/run-record';
import type { RunAssembly, RunOptions } from '../assembly';
import { isFinished } from '../experiment';

/** How a run ended. */
export interface Outcome {
  readonly folder: RunFolder;
  readonly status: Status;
  readonly step: number;
  readonly exitCode: number;
  /** Whether its model draws images. */
  readonly canSample: boolean;
}

/** How a run ended that has come to its end, by its record and its newest checkpoint; nothing for any other. */
export async function outcomeOfFinished(
  { settings }: RunAssembly,
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
  monitor.log(`${folder.id} has finished, and stays as it is. To train it for longer: ${command}`);
  return { folder, status: 'completed', step, exitCode: 0, canSample: false };
}
