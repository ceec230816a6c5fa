import { statfs } from 'node:fs/promises';
import { UserError } from '../errors';
import { cacheFolder } from './cache';
import type { InstallTarget } from './source';

/** Returns the bytes available in a folder. */
export type FreeSpace = (folder: string) => Promise<number>;

export const freeSpaceOf: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** @throws UserError if the cache folder has too little space */
export async function checkSpace(
  subject: InstallTarget & { readonly space: number },
  freeSpace: FreeSpace = freeSpaceOf,
): Promise<void> {
  const free = await freeSpace(cacheFolder());
  if (free >= subject.space) return;
  throw new UserError(
    `${cacheFolder()} has ${gigabytes(free)} free; ${subject.title} needs ${gigabytes(subject.space)}.`,
    { hints: spaceHints(subject) },
  );
}

/** Whether a program's output reports a full disk. */
export function ranOutOfSpace(output: string): boolean {
  return /No space left on device|ENOSPC|Errno 28|Disk quota exceeded/i.test(output);
}

export function noSpaceLeft(subject: InstallTarget): UserError {
  return new UserError(
    `The disk filled up while installing ${subject.title} in ${cacheFolder()}; the partial installation was removed.`,
    { hints: spaceHints(subject) },
  );
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function spaceHints({ command }: InstallTarget): string[] {
  return [
    "Free some space, for example by clearing pip's cache: pip cache purge",
    `Or use another disk: EXPLAB_CACHE=/path/on/it ${command} (and keep EXPLAB_CACHE set)`,
  ];
}
