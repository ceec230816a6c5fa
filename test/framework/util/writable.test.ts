import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { outputOf } from '../../../framework/experiment/output-file';
import { placeFor } from '../../../framework/experiment/place-for';
import { startRun } from '../../../framework/experiment/execute';
import { fileError, isOutOfSpace } from '../../../framework/util/file-errors';
import { checkFileWritable, checkFolderWritable } from '../../../framework/util/writable';
import { ingredientsOf } from '../../support/lab';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

/** A folder that not even root can write to: permission denied, or read-only in a container. */
const READ_ONLY = '/sys';
const REFUSED = /^\/sys\S* cannot be (written|created|opened): (permission denied|the file system is read-only)\./;

/** What a call of the file system throws. */
function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('it was to fail');
}

describe('a place to write to', () => {
  const folder = temporaryFolder();

  it('is tried, and left as it was', () => {
    checkFolderWritable(folder());
    checkFolderWritable(join(folder(), 'to/be/made'));
    checkFileWritable(join(folder(), 'a.png'));
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('is refused with the reason where it cannot be written', () => {
    for (const path of [READ_ONLY, join(READ_ONLY, 'a/b')])
      expect(() => checkFolderWritable(path), path).to.throw(UserError, REFUSED);
    expect(() => checkFileWritable(join(READ_ONLY, 'a.png'))).to.throw(UserError, REFUSED);
    writeFileSync(join(folder(), 'file'), '');
    expect(() => checkFolderWritable(join(folder(), 'file/x'))).to.throw(
      UserError,
      /cannot be created: .*file is a file/,
    );
    expect(() => checkFolderWritable('/proc/runs')).to.throw(UserError, '/proc/runs cannot be written: no such file');
  });

  it('is refused before any work is done for it', async () => {
    expect(() => outputOf(join(READ_ONLY, 'a.png'), { '.png': 'a grid' })).to.throw(UserError, REFUSED);
    expect(() => placeFor(join(READ_ONLY, 'model'))).to.throw(UserError, REFUSED);
    const told: string[] = [];
    const error = await rejection(
      startRun(ingredientsOf('classify', ['maxSteps=1'], { told }), join(READ_ONLY, 'runs')),
    );
    expect(error).to.be.instanceOf(UserError).with.property('message').that.matches(REFUSED);
    expect(told).to.deep.equal([]);
  });
});

describe('an error of the file system', () => {
  const folder = temporaryFolder();

  it('is told by its path and its reason', () => {
    mkdirSync(join(folder(), 'made'));
    const errors = [
      () => writeFileSync(join(folder(), 'made'), ''),
      () => writeFileSync(join(folder(), 'none/a'), ''),
      () => mkdirSync(join(folder(), 'x'.repeat(300))),
    ].map((call) => fileError(thrownBy(call))?.message.replace(folder(), ''));
    expect(errors).to.deep.equal([
      '/made cannot be opened: it is a folder.',
      '/none/a cannot be opened: no such file or folder.',
      `/${'x'.repeat(300)} cannot be created: the name is too long.`,
    ]);
  });

  it('knows a full disk, a quota that Node has no name for, and no other error', () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    const quota = Object.assign(new Error('Unknown system error -122'), { errno: -122, syscall: 'write', path: '/a' });
    expect(fileError(full)?.text).to.equal(
      'A file cannot be written: the disk is full.\n  Make room there, or use another disk.',
    );
    expect(fileError(quota)?.message).to.equal('/a cannot be written: the disk quota is exceeded.');
    expect([full, quota, new Error('other')].map(isOutOfSpace)).to.deep.equal([true, true, false]);
    expect(fileError(new TypeError('x is undefined'))).to.equal(undefined);
  });
});
