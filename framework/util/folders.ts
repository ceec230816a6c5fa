import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
