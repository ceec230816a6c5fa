import { mkdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { messageOf } from '../../../framework/errors';
import { Monitor } from '../../../framework/monitor/monitor';
import { PlainDisplay } from '../../../framework/monitor/plain-display';
import { withRunLock } from '../../../framework/run/status/with-run-lock';
import { isBeingWritten } from '../../../framework/run/status/attempt';
import { rejection } from '../../support/rejection';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('a run lock', () => {
  const root = temporaryFolder();
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));

  it('is held while the work runs, and a log is written', async () => {
    const run = makeRun(root(), { id: 'a' });
    const work = () => {
      process.stderr.write('working\n');
      return Promise.resolve(isBeingWritten(run));
    };
    expect(await withRunLock(run, monitor, work)).to.equal(true);
    expect(isBeingWritten(run)).to.equal(false);
    expect(readFileSync(run.log, 'utf8')).to.equal('working\n');
  });

  it('is released after an error, whose stack trace is logged', async () => {
    const run = makeRun(root(), { id: 'a' });
    const fail = () => Promise.reject(new Error('no luck today'));
    expect(messageOf(await rejection(withRunLock(run, monitor, fail)))).to.equal('no luck today');
    expect(readFileSync(run.log, 'utf8')).to.match(/^Error: no luck today\n\s+at .*as-writer\.test/);
    expect(isBeingWritten(run)).to.equal(false);
  });

  it('is held even if no log can be written', async () => {
    const run = makeRun(root(), { id: 'a' });
    mkdirSync(run.log);
    expect(await withRunLock(run, monitor, () => Promise.resolve(1))).to.equal(1);
  });
});
