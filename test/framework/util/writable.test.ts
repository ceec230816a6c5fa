import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { chooseLauncher } from '../../../framework/experiment/launching/choose-launcher';
import { submitRun } from '../../../framework/experiment/launching/submit-run';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { tuneRun } from '../../../framework/experiment/lifecycle/tune-run';
import { parseOutput, resolveOutputPath } from '../../../framework/experiment/sampling/output-path';
import { noteRun, tagRun } from '../../../framework/run/labels';
import { RunFolder } from '../../../framework/run/run-folder';
import { Attempt } from '../../../framework/run/status/attempt';
import { removeRun, restoreRun } from '../../../framework/run/trash';
import { startSweep } from '../../../framework/sweep/execute-sweep';
import { fileError, isOutOfSpace } from '../../../framework/util/file-errors';
import { writeJSON } from '../../../framework/util/json-file';
import { checkFileWritable, checkFolderWritable } from '../../../framework/util/writable';
import { ingredientsOf } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

/** A folder that not even root can write to: permission denied, or read-only in a container. */
const READ_ONLY = '/sys';
const REFUSED = /^\/sys\S* cannot be (written|created|opened): (permission denied|the file system is read-only)\./;

const REFUSED_ERROR = new RegExp(REFUSED.source.replace('^', '^UserError: '));

/** What a call of the file system throws. */
function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('it was to fail');
}

describe('an output path', () => {
  const folder = temporaryFolder();

  it('is tested, and left unchanged', () => {
    checkFolderWritable(folder());
    checkFolderWritable(join(folder(), 'to/be/made'));
    checkFileWritable(join(folder(), 'a.png'));
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('is refused with the reason if it cannot be written', () => {
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

  it('is refused before a run or a sweep does any work', async () => {
    const run = new RunFolder(join(READ_ONLY, 'runs/classify/a'));
    expect(() => Attempt.claim(run), 'resume').to.throw(UserError, REFUSED);
    expect(() => tagRun(run, ['a']), 'tag').to.throw(UserError, REFUSED);
    expect(() => noteRun(run, 'a'), 'note').to.throw(UserError, REFUSED);
    expect(() => removeRun(run), 'rm').to.throw(UserError, REFUSED);
    expect(() => restoreRun(join(READ_ONLY, 'runs'), run), 'restore').to.throw(UserError, REFUSED);
    expect(() => tuneRun(ingredientsOf('classify', []), run, ['learningRate=1']), 'tune').to.throw(UserError, REFUSED);
    const { registry, monitor } = ingredientsOf('classify', []);
    const surroundings = { registry, monitor, runs: join(READ_ONLY, 'runs'), exp: [] };
    const request = { experiment: 'classify', settings: ['seed=1,2'], sweep: [] };
    expect(await rejection(startSweep(surroundings, request)), 'sweep').to.match(REFUSED_ERROR);
    const chosen = chooseLauncher(registry, 'local', []);
    const submitting = submitRun(ingredientsOf('classify', []), surroundings.runs, {}, chosen, []);
    expect(await rejection(submitting), 'launcher').to.match(REFUSED_ERROR);
  });

  it('is refused before a command does any work', async () => {
    expect(() => parseOutput(join(READ_ONLY, 'a.png'), { '.png': 'a grid' })).to.throw(UserError, REFUSED);
    expect(() => resolveOutputPath(join(READ_ONLY, 'model'))).to.throw(UserError, REFUSED);
    const lines: string[] = [];
    const error = await rejection(
      startRun(ingredientsOf('classify', ['maxSteps=1'], { output: lines }), join(READ_ONLY, 'runs')),
    );
    expect(error).to.be.instanceOf(UserError).with.property('message').that.matches(REFUSED);
    expect(lines).to.deep.equal([]);
  });
});

describe('a file system error', () => {
  const folder = temporaryFolder();

  it('is reported with its path and its reason', () => {
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

  it('names the target file, not the temporary one', () => {
    const lines = (call: () => void) => fileError(thrownBy(call))?.message;
    expect(lines(() => writeJSON(join(READ_ONLY, 'labels.json'), {}))).to.match(/^\/sys\/labels\.json cannot be/);
    expect(lines(() => writeFileSync(join(folder(), 'none/attempts/2.1165.tmp/process.json'), ''))).to.equal(
      `${folder()}/none/attempts/2/process.json cannot be opened: no such file or folder.`,
    );
    expect(lines(() => writeFileSync(join(folder(), 'none/model.77.tmp'), ''))).to.equal(
      `${folder()}/none/model cannot be opened: no such file or folder.`,
    );
  });

  it('explains why a folder cannot be created if its parent does not exist', () => {
    // What Node throws for mkdir -p on a read-only file system.
    const thrown = { code: 'ENOENT', syscall: 'mkdir', path: join(READ_ONLY, 'runs/sweeps') };
    expect(fileError(Object.assign(new Error('ENOENT'), thrown))?.message).to.match(REFUSED);
  });

  it('is recognized as a full disk, also for a quota that Node has no name for, and in no other case', () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    const quota = Object.assign(new Error('Unknown system error -122'), { errno: -122, syscall: 'write', path: '/a' });
    expect(fileError(full)?.text).to.equal(
      'A file cannot be written: the disk is full.\n  Free some space or use another disk.',
    );
    expect(fileError(quota)?.message).to.equal('/a cannot be written: the disk quota is exceeded.');
    expect([full, quota, new Error('other')].map(isOutOfSpace)).to.deep.equal([true, true, false]);
    expect(fileError(new TypeError('x is undefined'))).to.equal(undefined);
  });
});
