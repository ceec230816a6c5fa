import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable';

/** Names of what is being written, replaced or taken away: never a checkpoint, and of no use once its process has ended. */
const ASIDE = /^\.(saving|replaced|removing)-/;

/** Where the checkpoint of a step grows. */
export function asideFor(folder: string, step: number): string {
  return join(folder, `.saving-${step}`);
}

/** Gives what was written aside its name, in place of what has it, and waits until the disk knows. */
export async function putInPlace(folder: string, step: number): Promise<void> {
  const [final, replaced] = [join(folder, String(step)), join(folder, `.replaced-${step}`)];
  if (existsSync(final)) await rename(final, replaced);
  await rename(asideFor(folder, step), final);
  await syncFolder(folder);
  await rm(replaced, { recursive: true, force: true });
}

/** Removes a checkpoint. It is renamed first, so that none is ever there in part. */
export async function removeCheckpoint(folder: string, step: number): Promise<void> {
  const removing = join(folder, `.removing-${step}`);
  await rename(join(folder, String(step)), removing);
  await rm(removing, { recursive: true, force: true });
}

/** Removes what a process has left that was killed while it saved. A checkpoint that was to be replaced, and was not, is put back. */
export async function tidyUp(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => ASIDE.test(each))) {
    const [, step] = /^\.replaced-(\d+)$/.exec(name) ?? [];
    if (step !== undefined && !existsSync(join(folder, step))) await rename(join(folder, name), join(folder, step));
    else await rm(join(folder, name), { recursive: true, force: true });
  }
}
