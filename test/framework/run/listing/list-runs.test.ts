import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Attempt } from '../../../../framework/run/status/attempt';
import { noteRun, tagRun } from '../../../../framework/run/labels';
import { listRuns } from '../../../../framework/run/listing/list-runs';
import { updateRecord } from '../../../../framework/run/run-record';
import { makeRun } from '../../../support/runs';
import { temporaryFolder } from '../../../support/temporary';

describe('the list of runs', () => {
  const root = temporaryFolder();
  const index = () => join(root(), '.index');
  const list = () => listRuns(root()).runs.map(({ summary }) => summary);
  const ids = () => list().map(({ id }) => id);

  it('is sorted by start time, not by name, also from the index', () => {
    makeRun(root(), { id: 'zebra', record: { startedAt: '2026-01-01T10:00:00.000Z' } });
    makeRun(root(), { id: '20261231-235959', record: { startedAt: '2026-01-01T09:00:00.000Z' } });
    makeRun(root(), { id: 'baseline', record: { startedAt: '2026-01-01T11:00:00.000Z' } });
    for (const _ of ['read', 'from the index']) expect(ids()).to.deep.equal(['baseline', 'zebra', '20261231-235959']);
  });

  it('has all runs, the latest first', () => {
    const settings = { learningRate: 0.1, 'dataset.root': 'photos' };
    makeRun(root(), { id: '20260101-000000', experiment: 'classify' });
    makeRun(root(), {
      id: '20260101-000000-10',
      settings,
      points: [
        { step: 10, time: 'x', loss: 2 },
        { step: 20, time: 'y', loss: 1 },
        { step: 30, loss: 'NaN' },
      ],
    });
    makeRun(root(), { id: '20260101-000000-2' });
    expect(ids()).to.deep.equal(['20260101-000000-10', '20260101-000000-2', '20260101-000000']);
    expect(list()[0]).to.deep.equal({
      id: '20260101-000000-10',
      experiment: 'diffuse',
      status: 'completed',
      startedAt: '2026-11-22T12:00:00.000Z',
      endedAt: '2026-11-22T12:01:00.000Z',
      tags: [],
      step: 30,
      settings,
      metrics: { loss: { last: 1, min: 1, max: 2 } },
    });
  });

  it('is the same from its index', () => {
    makeRun(root(), { id: 'a', settings: { text: 'tab\there, line\nthere, ä' }, points: [{ step: 1, loss: 1 }] });
    const first = list();
    const before = readFileSync(index());
    expect(list()).to.deep.equal(first);
    expect(readFileSync(index())).to.deep.equal(before);
  });

  it('follows runs that are added, changed and removed', () => {
    const [a] = [makeRun(root(), { id: 'a' }), makeRun(root(), { id: 'b' })];
    list();
    makeRun(root(), { id: 'c' });
    expect(ids()).to.deep.equal(['c', 'b', 'a']);
    updateRecord(a, { status: 'failed', error: 'no luck' });
    expect(list()[2]).to.include({ status: 'failed', error: 'no luck' });
    tagRun(a, ['good']);
    noteRun(a, 'try again');
    expect(list()[2]).to.deep.include({ tags: ['good'], note: 'try again' });
    rmSync(a.path, { recursive: true });
    expect(ids()).to.deep.equal(['c', 'b']);
    expect(readFileSync(index(), 'utf8')).not.to.contain('try again');
  });

  it('follows the files if they were edited by hand', () => {
    const run = makeRun(root(), { id: 'a', record: { status: 'failed' } });
    list();
    writeFileSync(run.record, readFileSync(run.record, 'utf8').replace('failed', 'completed'));
    expect(list()[0]?.status).to.equal('completed');
  });

  it('does not cache the status of a run in progress', () => {
    const run = makeRun(root(), { id: 'a', record: { status: 'running' }, points: [{ step: 1, loss: 3 }] });
    const attempt = Attempt.claim(run);
    expect(list()[0]).to.include({ status: 'running', step: 1 });
    appendFileSync(run.metrics, '{"step":2,"loss":2}\n');
    expect(list()[0]).to.include({ status: 'running', step: 2 });
    attempt.end();
    expect(list()[0]?.status).to.equal('dead');
    const next = Attempt.claim(run);
    expect(list()[0]?.status).to.equal('running');
    next.end();
  });

  it('is rebuilt if its index is missing, damaged or of another version', () => {
    makeRun(root(), { id: 'a' });
    const first = list();
    for (const content of [
      '',
      'nonsense',
      'explab-runs 0 20\ndiffuse/a\tx\ty\t2\n{}',
      'explab-runs 1 18\ndiffuse/a\tx\ty\t2\n{}{}',
      'explab-runs 1 x\n',
      readFileSync(index()).subarray(0, 40),
    ]) {
      writeFileSync(index(), content);
      expect(list()).to.deep.equal(first);
    }
    rmSync(index());
    expect(list()).to.deep.equal(first);
    expect(existsSync(index())).to.equal(true);
  });

  it('names runs that cannot be read, and includes the others', () => {
    makeRun(root(), { id: 'a' });
    writeFileSync(makeRun(root(), { id: 'b' }).record, '{"exp');
    const { runs, broken } = listRuns(root());
    expect(runs.map(({ folder }) => folder.id)).to.deep.equal(['a']);
    expect(broken.map(({ error }) => error.message).join()).to.match(/b\/run\.json cannot be read/);
  });

  it('is empty if there are no runs', () => {
    expect(listRuns(join(root(), 'nowhere'))).to.deep.equal({ runs: [], broken: [] });
  });
});
