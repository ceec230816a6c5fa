import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors';
import { fileError } from './file-errors';
import { isFolder, nearestExisting, tryWritingTo } from './folders';

/**
 * Checks that a folder is writable by trying it, so that no work is started whose result cannot be saved. A missing folder is writable
 * if it can be created.
 * @throws UserError with the reason why it is not
 */
export function checkFolderWritable(folder: string): void {
  const existing = nearestExisting(resolve(folder));
  if (!isFolder(existing)) throw new UserError(`${folder} cannot be created: ${existing} is a file.`);
  attempt(folder, () => tryWritingTo(existing));
}

/** Checks that a file is writable, whether it exists or not. @throws UserError with the reason why it is not */
export function checkFileWritable(file: string): void {
  checkFolderWritable(dirname(resolve(file)));
  if (existsSync(file)) attempt(file, () => accessSync(file, constants.W_OK));
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    // The path that was tried means nothing to the user.
    const named = Object.assign(error as NodeJS.ErrnoException, { path, syscall: 'write' });
    throw fileError(named) ?? error;
  }
}
