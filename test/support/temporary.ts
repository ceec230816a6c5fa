import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { temporaryFolder } from '../../framework/testing/temporary-folder';

/** As `temporaryFolder`, but one folder for all tests of the `describe`, and for its hooks. */
export function sharedFolder(): () => string {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), '.explab-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return () => folder;
}
