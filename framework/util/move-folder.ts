import { cpSync, lstatSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { temporaryPath } from './temporary-path';

/**
 * Moves a folder, also to another disk; a link keeps its target. If moving fails, the folder stays in place.
 * @param to must not exist
 * @throws the file system's error
 */
export function moveFolder(from: string, to: string): void {
  if (lstatSync(from).isSymbolicLink()) {
    moveLink(from, to);
    return;
  }
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyAcross(from, to);
  }
}

/** Makes the link absolute: a relative one would point elsewhere from another folder. */
function moveLink(from: string, to: string): void {
  symlinkSync(realpathSync(from), to);
  unlinkSync(from);
}

/** Copies to a temporary name first, so that a folder with the new name is complete. */
function copyAcross(from: string, to: string): void {
  const temporary = temporaryPath(join(dirname(to), `.${basename(to)}`));
  try {
    cpSync(from, temporary, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  rmSync(from, { recursive: true });
}
