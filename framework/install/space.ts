import { statfs } from 'node:fs/promises';
import { UserError } from '../errors';
import { cacheFolder } from './cache';
import type { InstallTarget } from './source';

/** Tells how many bytes can be written in a folder. */
export type FreeSpace = (folder: string) => Promise<number>;

export const freeSpaceOf: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** @throws UserError where the cache folder has too little room */
export async function checkSpace(
  subject: InstallTarget & { readonly space: number },
  freeSpace: FreeSpace = freeSpaceOf,
): Promise<void> {
  const free = await freeSpace(cacheFolder());
  if (free >= subject.space) return;
  throw new UserError(
    `${cacheFolder()} has ${gigabytes(free)} free, and ${subject.title} needs ${gigabytes(subject.space)}.`,
    { hints: spaceHints(subject) },
  );
}

/** Whether a program's words say that a disk is full. */
export function ranOutOfSpace(output: string): boolean {
  return /No space left on device|ENOSPC|Errno 28|Disk quota exceeded/i.test(output);
}

export function noSpaceLeft(subject: InstallTarget): UserError {
  return new UserError(
    `The disk ran full while ${subject.title} was installed under ${cacheFolder()}; what was begun is removed.`,
    { hints: spaceHints(subject) },
  );
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function spaceHints({ command }: InstallTarget): string[] {
  return [
    'Make room there: pip cache purge frees what pip keeps',
    `Or use another disk: EXPLAB_CACHE=/path/on/it ${command} (and set EXPLAB_CACHE from then on)`,
  ];
}
