import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { makeTemporaryFolder } from '../../../framework/util/temporary-folder';

describe('a temporary folder', () => {
  const before = process.env['TMPDIR'];
  afterEach(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  it('is in /tmp if $TMPDIR does not exist, only for this user', () => {
    process.env['TMPDIR'] = '/dev/null/nonexistent';
    const folder = makeTemporaryFolder('explab-');
    expect(dirname(folder)).to.equal('/tmp');
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    rmSync(folder, { recursive: true });
  });
});
