import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for each test of the `describe` that it is called in, gone after the test.
 * @param parent what it is made in
 * @returns gives the folder's path
 */
export function temporaryFolder(parent = tmpdir()): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(parent, '.explab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return () => folder;
}

/** As `temporaryFolder`, but one folder for all tests of the `describe`, and for its hooks. */
export function sharedFolder(): () => string {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), '.explab-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return () => folder;
}
