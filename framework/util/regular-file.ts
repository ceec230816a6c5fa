import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../errors';
import { thousands } from './format';

/**
 * Checks that a path is a file if it exists: opening a pipe waits for a writer.
 * @throws UserError if it is not a file
 */
export function checkFileIfThere(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) throw new UserError(`${path} is damaged: it is not a file.`);
}

/**
 * Checks that a file can be read to its end: it is not a pipe or device, which may be endless, and does not exceed a maximum size.
 * @throws UserError with the problem
 * @throws the file system's error if it cannot be accessed
 */
export async function checkRegularFile(file: string, maxBytes: number): Promise<void> {
  const stats = await stat(file);
  if (stats.isDirectory()) throw new UserError(`${file} cannot be read: it is a folder.`);
  if (!stats.isFile()) throw new UserError(`${file} cannot be read: it is a pipe or a device, not a file.`);
  if (stats.size <= maxBytes) return;
  throw new UserError(`${file} has ${thousands(stats.size)} bytes; at most ${thousands(maxBytes)} are allowed.`);
}
