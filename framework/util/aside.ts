import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What follows a name while its file is written: the number of the process that writes it. */
const ENDING = /\.(\d+)\.tmp$/;
/** So long a leftover must have been untouched: the number may be that of a process of another machine or container, which is not known here. */
const QUIET_SECONDS = 60;

/** The name that a file or a folder is written under until it is whole. What killed processes left of the same is removed. */
export function asideOf(path: string): string {
  removeLeftovers(dirname(path), new Set([basename(path)]));
  return temporaryName(path);
}

/**
 * Writes a file aside and renames it: a reader sees the old file or the new one. A link of that name is replaced, and its target stays as it is.
 * Leftovers are not looked for, so that many files can be written into one folder: `removeLeftovers` does that once.
 * @throws the file system's error; nothing is left behind
 */
export async function writeAside(path: string, bytes: Uint8Array): Promise<void> {
  const aside = temporaryName(path);
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** A path without what `asideOf` put into it. */
export function withoutAside(path: string): string {
  return path.replace(/\.\d+\.tmp(?=\/|$)/, '');
}

/**
 * Removes what killed processes left half written in a folder, never what a living one writes. What cannot be removed stays.
 * @param names of the finished files; by default, of any file
 */
export function removeLeftovers(folder: string, names?: ReadonlySet<string>): void {
  try {
    for (const found of readdirSync(folder)) {
      const path = join(folder, found);
      const isWanted = names === undefined || names.has(found.replace(ENDING, ''));
      if (isWanted && isLeftover(path)) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // There is no such folder, or it cannot be written: what is done there next says so.
  }
}

function isLeftover(path: string): boolean {
  const [, pid] = ENDING.exec(path) ?? [];
  if (pid === undefined || (Number(pid) !== process.pid && isThere(Number(pid)))) return false;
  const touched = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - touched > QUIET_SECONDS * 1000;
}

/** Whether this machine has a process of that number. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
