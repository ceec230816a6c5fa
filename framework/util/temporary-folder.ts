import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a folder of an unpredictable name that only this user can enter; in /tmp where $TMPDIR cannot be written.
 * @param prefix what the name begins with
 * @returns its path; the caller removes it
 * @throws the file system's error where there is no room for it
 */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    if (tmpdir() === '/tmp') throw error;
    return mkdtempSync(join('/tmp', prefix));
  }
}
