import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeJSON } from '../../../framework/util/json-file';
import { UserError } from '../../../framework/errors';
import { Attempt } from '../../../framework/run/status/attempt';
import { allRuns, findRun } from '../../../framework/run/find-run';
import { parsePeriod } from '../../../framework/run/period';
import { emptyTrash, removeRun, restoreRun, trashOf } from '../../../framework/run/trash';
import { tree } from '../../support/repository';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('the trash', () => {
  const root = temporaryFolder();
  const removed = () => allRuns(trashOf(root())).map(({ id }) => id);

  it('holds removed runs until they are restored unchanged', () => {
    const run = makeRun(root(), { id: 'a', points: [{ step: 1, loss: 1 }] });
    mkdirSync(run.tensorboard);
    writeFileSync(join(run.tensorboard, 'events.out.tfevents.1.v2'), 'x');
    const before = tree(run.path);
    removeRun(run);
    expect([allRuns(root()), removed()]).to.deep.equal([[], ['a']]);
    expect(restoreRun(root(), findRun(trashOf(root()), 'a')).path).to.equal(run.path);
    expect(tree(run.path)).to.deep.equal(before);
    expect(removed()).to.deep.equal([]);
  });

  it('is not shown by TensorBoard', () => {
    const run = makeRun(root(), { id: 'a' });
    mkdirSync(run.tensorboard);
    writeFileSync(join(run.tensorboard, 'events.out.tfevents.1.v2'), 'x');
    expect(readdirSync(removeRun(run).tensorboard).join()).not.to.contain('tfevents');
  });

  it('refuses a run in progress', () => {
    const run = makeRun(root(), { id: 'a', record: { status: 'running' } });
    const attempt = Attempt.claim(run);
    expect(() => removeRun(run)).to.throw(UserError, 'a is running and cannot be removed.');
    attempt.end();
    removeRun(run);
  });

  it('holds two runs of the same name, and restores neither over another', () => {
    removeRun(makeRun(root(), { id: 'a' }));
    removeRun(makeRun(root(), { id: 'a', record: { error: 'second' } }));
    expect(removed()).to.deep.equal(['a', 'a-2']);
    const there = makeRun(root(), { id: 'a', record: { error: 'third' } });
    expect(() => restoreRun(root(), findRun(trashOf(root()), 'diffuse/a'))).to.throw(UserError, 'already exists');
    expect(readFileSync(there.record, 'utf8')).to.contain('third');
  });

  it('receives a copy of a run that is linked from another disk', () => {
    const disk = mkdtempSync('/dev/shm/.explab-');
    try {
      const run = makeRun(disk, { id: 'a' });
      symlinkSync(join(disk, 'diffuse'), join(root(), 'diffuse'));
      const before = tree(run.path);
      removeRun(findRun(root(), 'a'));
      expect([allRuns(root()), removed(), readdirSync(join(disk, 'diffuse'))]).to.deep.equal([[], ['a'], []]);
      restoreRun(root(), findRun(trashOf(root()), 'a'));
      expect(tree(run.path)).to.deep.equal(before);
    } finally {
      rmSync(disk, { recursive: true });
    }
  });

  it('keeps a linked run as a link, and deletes only the link', async () => {
    const run = makeRun(join(root(), '.elsewhere'), { id: 'a' });
    mkdirSync(join(root(), 'diffuse'));
    symlinkSync('../.elsewhere/diffuse/a', join(root(), 'diffuse/a'));
    removeRun(findRun(root(), 'diffuse/a'));
    expect([allRuns(root()), removed()]).to.deep.equal([[], ['a']]);
    expect(await emptyTrash(root(), new Date('2100-01-01'))).to.deep.equal(['a']);
    expect(existsSync(run.record)).to.equal(true);
  });

  it('leaves a run that cannot be marked in place, and never expires one without a mark', async () => {
    const run = makeRun(root(), { id: 'a' });
    mkdirSync(join(run.path, 'removed.json'));
    expect(() => removeRun(run)).to.throw(/EISDIR|ENOTEMPTY|EEXIST/);
    expect([allRuns(root()).length, removed()]).to.deep.equal([1, []]);
    makeRun(trashOf(root()), { id: 'moved-by-hand' });
    expect(await emptyTrash(root(), new Date(Date.now() - 1000))).to.deep.equal([]);
  });

  it('is emptied of runs that were removed before a given time', async () => {
    const old = removeRun(makeRun(root(), { id: 'old' }));
    removeRun(makeRun(root(), { id: 'new' }));
    writeJSON(join(old.path, 'removed.json'), { removedAt: '2020-01-01T00:00:00Z' });
    expect(await emptyTrash(root(), new Date('2019-01-01'))).to.deep.equal([]);
    expect(await emptyTrash(root(), new Date('2020-02-01'))).to.deep.equal(['old']);
    expect(removed()).to.deep.equal(['new']);
  });
});

describe('a length of time', () => {
  it('has a unit', () => {
    expect(['90s', '1.5m', '12h', '30d', '2w'].map(parsePeriod)).to.deep.equal([90, 90, 43_200, 2_592_000, 1_209_600]);
    for (const text of ['30', 'd', '3 d', '-1d', '1y', '']) expect(() => parsePeriod(text), text).to.throw(UserError);
  });
});
