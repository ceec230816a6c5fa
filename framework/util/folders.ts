import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asideOf } from './aside';

/** Whether a path is a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A link that leads to itself, or a place that may not be looked at.
    return false;
  }
}

/** The names of the folders in a folder, linked ones too; none if it does not exist. Hidden ones are left out. */
export function foldersIn(path: string): string[] {
  if (!isFolder(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(path, entry.name))))
    .map(({ name }) => name);
}

/** The path itself where it exists, or else the nearest folder above it that does. */
export function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** Makes something in a folder and takes it away again. Permissions alone do not tell: root has them all. @throws the file system's error */
export function tryWritingTo(folder: string): void {
  const trial = asideOf(join(folder, '.exp'));
  // In another container a process of the same number may have left one.
  rmSync(trial, { recursive: true, force: true });
  mkdirSync(trial);
  rmdirSync(trial);
}
