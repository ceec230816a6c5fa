import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../errors';
import { thousands } from './format';

/**
 * Makes sure that what has a name is a file, if it exists: to open a pipe waits for whoever writes to it.
 * @throws UserError saying that it is not
 */
export function checkFileIfThere(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) throw new UserError(`${path} is damaged: it is not a file.`);
}

/**
 * Makes sure that a file can be read to its end: no pipe or device, which may have none, and no more bytes than it may have.
 * @throws UserError saying what it is
 * @throws the file system's error if it cannot be looked at
 */
export async function checkRegularFile(file: string, maxBytes: number): Promise<void> {
  const stats = await stat(file);
  if (stats.isDirectory()) throw new UserError(`${file} cannot be read: it is a folder.`);
  if (!stats.isFile()) throw new UserError(`${file} cannot be read: it is a pipe or a device, not a file.`);
  if (stats.size <= maxBytes) return;
  throw new UserError(`${file} has ${thousands(stats.size)} bytes, of at most ${thousands(maxBytes)}.`);
}
