import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What follows a name while its file is written: the number of the process that writes it. */
const ENDING = /\.(\d+)\.tmp$/;
/** So long a leftover must have been untouched: the number may be that of a process of another machine or container, which is not known here. */
const QUIET_SECONDS = 60;

/** The name that a file or a folder is written under until it is whole. What killed processes left of the same is removed. */
export function asideOf(path: string): string {
  removeLeftovers(dirname(path), basename(path));
  return `${path}.${process.pid}.tmp`;
}

/** A path without what `asideOf` put into it. */
export function withoutAside(path: string): string {
  return path.replace(/\.\d+\.tmp(?=\/|$)/, '');
}

/**
 * Removes what killed processes left half written in a folder, never what a living one writes. What cannot be removed stays.
 * @param name of the file that it was to be; all files where it is left out
 */
export function removeLeftovers(folder: string, name?: string): void {
  try {
    for (const found of readdirSync(folder)) {
      const path = join(folder, found);
      const isOf = name === undefined || found.replace(ENDING, '') === name;
      if (isOf && isLeftover(path)) rmSync(path, { recursive: true, force: true });
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
