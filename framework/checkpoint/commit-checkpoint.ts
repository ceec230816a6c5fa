import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable';

/** Names of temporary folders: never a valid checkpoint, and useless once their process has ended. */
const TEMPORARY = /^\.(saving|replaced|removing)-/;

/** Temporary folder in which the checkpoint of a step is written. */
export function temporaryCheckpointPath(folder: string, step: number): string {
  return join(folder, `.saving-${step}`);
}

/** Renames the temporary folder of a step to its final name, replacing an existing checkpoint, and syncs to disk. */
export async function commitCheckpoint(folder: string, step: number): Promise<void> {
  const [final, replaced] = [join(folder, String(step)), join(folder, `.replaced-${step}`)];
  if (existsSync(final)) await rename(final, replaced);
  await rename(temporaryCheckpointPath(folder, step), final);
  await syncFolder(folder);
  await rm(replaced, { recursive: true, force: true });
}

/** Removes a checkpoint. It is renamed first, so that no partial checkpoint is ever visible. */
export async function removeCheckpoint(folder: string, step: number): Promise<void> {
  const removing = join(folder, `.removing-${step}`);
  await rename(join(folder, String(step)), removing);
  await rm(removing, { recursive: true, force: true });
}

/** Removes the temporary folders of a process that was killed while saving. A checkpoint that was not replaced is restored. */
export async function recoverCheckpoints(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => TEMPORARY.test(each))) {
    const [, step] = /^\.replaced-(\d+)$/.exec(name) ?? [];
    if (step !== undefined && !existsSync(join(folder, step))) await rename(join(folder, name), join(folder, step));
    else await rm(join(folder, name), { recursive: true, force: true });
  }
}
