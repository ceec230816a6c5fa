import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryPath } from './temporary-path';

/** Whether a path is a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A link to itself, or an inaccessible path.
    return false;
  }
}

/** Names of the folders in a folder, including links but not hidden ones; empty if it does not exist. */
export function foldersIn(path: string): string[] {
  if (!isFolder(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(path, entry.name))))
    .map(({ name }) => name);
}

/** The path itself if it exists, otherwise its nearest existing parent folder. */
export function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** Creates and removes an entry in a folder. Permissions alone are not sufficient: root has all of them. @throws the file system's error */
export function tryWritingTo(folder: string): void {
  const trial = temporaryPath(join(folder, '.exp'));
  // A process with the same id in another container may have left one.
  rmSync(trial, { recursive: true, force: true });
  mkdirSync(trial);
  rmdirSync(trial);
}
