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

describe('the writer of a run', () => {
  const root = temporaryFolder();
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));

  it('is the writer while it works, and leaves a log', async () => {
    const run = makeRun(root(), { id: 'a' });
    const work = () => {
      process.stderr.write('working\n');
      return Promise.resolve(isBeingWritten(run));
    };
    expect(await withRunLock(run, monitor, work)).to.equal(true);
    expect(isBeingWritten(run)).to.equal(false);
    expect(readFileSync(run.log, 'utf8')).to.equal('working\n');
  });

  it('logs where an error came from, and is the writer no more', async () => {
    const run = makeRun(root(), { id: 'a' });
    const fail = () => Promise.reject(new Error('no luck today'));
    expect(messageOf(await rejection(withRunLock(run, monitor, fail)))).to.equal('no luck today');
    expect(readFileSync(run.log, 'utf8')).to.match(/^Error: no luck today\n\s+at .*as-writer\.test/);
    expect(isBeingWritten(run)).to.equal(false);
  });

  it('works where there can be no log', async () => {
    const run = makeRun(root(), { id: 'a' });
    mkdirSync(run.log);
    expect(await withRunLock(run, monitor, () => Promise.resolve(1))).to.equal(1);
  });
});
