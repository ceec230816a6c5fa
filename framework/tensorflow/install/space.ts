import { statfs } from 'node:fs/promises';
import { UserError } from '../../errors';
import { cacheFolder } from './cache';

/** Tells how many bytes can be written in a folder. */
export type FreeSpace = (folder: string) => Promise<number>;

export const freeSpaceOf: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** @throws UserError where a folder has too little room */
export async function checkSpace(folder: string, needed: number, freeSpace: FreeSpace = freeSpaceOf): Promise<void> {
  const free = await freeSpace(folder);
  if (free >= needed) return;
  throw new UserError(`${folder} has ${gigabytes(free)} free, and TensorFlow needs ${gigabytes(needed)}.`, {
    hints: spaceHints,
  });
}

/** Whether a program's words say that a disk is full. */
export function ranOutOfSpace(output: string): boolean {
  return /No space left on device|ENOSPC|Errno 28|Disk quota exceeded/i.test(output);
}

export function noSpaceLeft(): UserError {
  return new UserError(
    `The disk ran full while TensorFlow was installed under ${cacheFolder()}; what was begun is removed.`,
    {
      hints: spaceHints,
    },
  );
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

const spaceHints = [
  'Make room there: pip cache purge frees what pip keeps',
  'Or use another disk: EXPLAB_CACHE=/path/on/it exp setup (and set EXPLAB_CACHE from then on)',
];
