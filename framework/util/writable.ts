import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors';
import { fileError } from './file-errors';
import { isFolder, nearestExisting, tryWritingTo } from './folders';

/**
 * Makes sure that a folder can be written, by trying, so that nobody waits for work whose result cannot be kept. A folder that does not
 * exist yet can be written if it can be made.
 * @throws UserError saying why it cannot
 */
export function checkFolderWritable(folder: string): void {
  const existing = nearestExisting(resolve(folder));
  if (!isFolder(existing)) throw new UserError(`${folder} cannot be created: ${existing} is a file.`);
  attempt(folder, () => tryWritingTo(existing));
}

/** Makes sure that a file can be written, whether it exists or not. @throws UserError saying why it cannot */
export function checkFileWritable(file: string): void {
  checkFolderWritable(dirname(resolve(file)));
  if (existsSync(file)) attempt(file, () => accessSync(file, constants.W_OK));
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    // What was tried has a name that the user never heard of.
    const named = Object.assign(error as NodeJS.ErrnoException, { path, syscall: 'write' });
    throw fileError(named) ?? error;
  }
}
