import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Suffix of a file while it is written: the id of the writing process. */
const TEMPORARY_SUFFIX = /\.(\d+)\.tmp$/;
/** Minimum age of a leftover: its process may run on another machine or in another container. */
const MIN_LEFTOVER_SECONDS = 60;

/** Temporary name of a file or folder until it is complete. Removes leftovers of the same name from killed processes. */
export function temporaryPath(path: string): string {
  removeLeftovers(dirname(path), new Set([basename(path)]));
  return temporaryName(path);
}

/**
 * Writes a file under a temporary name and renames it: a reader sees the old or the new file. A link is replaced; its target is unchanged.
 * Does not search for leftovers, so that writing many files into one folder is fast: call `removeLeftovers` once instead.
 * @throws the file system's error; removes the temporary file
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Removes the suffix added by `temporaryPath` from a path. */
export function withoutTemporarySuffix(path: string): string {
  return path.replace(/\.\d+\.tmp(?=\/|$)/, '');
}

/**
 * Removes partially written files of killed processes from a folder, but none of a living process. Ignores files that cannot be removed.
 * @param names names of the finished files; all by default
 */
export function removeLeftovers(folder: string, names?: ReadonlySet<string>): void {
  try {
    for (const entry of readdirSync(folder)) {
      const path = join(folder, entry);
      const isSelected = names === undefined || names.has(entry.replace(TEMPORARY_SUFFIX, ''));
      if (isSelected && isLeftover(path)) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // Missing or read-only folder: the next operation on it reports that.
  }
}

function isLeftover(path: string): boolean {
  const [, pid] = TEMPORARY_SUFFIX.exec(path) ?? [];
  if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) return false;
  const touched = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - touched > MIN_LEFTOVER_SECONDS * 1000;
}

/** Whether this machine has a process with this id. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
