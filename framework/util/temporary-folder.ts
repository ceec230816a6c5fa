import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates a folder with an unpredictable name that only this user can access; in /tmp if $TMPDIR is not writable.
 * @param prefix prefix of the name
 * @returns its path; the caller removes it
 * @throws the file system's error if it cannot be created
 */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    if (tmpdir() === '/tmp') throw error;
    return mkdtempSync(join('/tmp', prefix));
  }
}
