import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentRunner } from './test-runner';

/**
 * A folder for each test of the `describe` in which it is called, removed after the test.
 * @returns gives the folder's path
 */
export function temporaryFolder(parent = tmpdir(), { beforeEach, afterEach } = currentRunner()): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(parent, '.explab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return () => folder;
}
