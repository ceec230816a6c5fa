import { expect } from 'chai';
import type { JobStatus } from '../../../../framework/kinds/launcher';
import { listRuns } from '../../../../framework/run/listing/list-runs';
import { refreshJobStatuses } from '../../../../framework/run/status/refresh-job-status';
import { readSubmission, writeSubmission } from '../../../../framework/run/status/submission';
import { makeRun } from '../../../support/runs';
import { temporaryFolder } from '../../../support/temporary';

describe('A list of submitted runs', () => {
  const root = temporaryFolder();
  const asked: string[][] = [];
  beforeEach(() => asked.splice(0));

  function submitted(id: string, handle: string, status: 'queued' | 'interrupted' | 'completed') {
    const run = makeRun(root(), { id, record: { status } });
    writeSubmission(run, { launcher: 'Slurm', settings: [], handle, submittedAt: '2026-11-22T12:00:00.000Z' });
    return run;
  }

  /** The statuses by a launcher that knows these jobs. */
  async function statuses(jobs: Readonly<Record<string, JobStatus>>): Promise<Record<string, string>> {
    const runs = await refreshJobStatuses(listRuns(root()).runs, (all) => {
      asked.push(all.map(({ handle }) => handle));
      return Promise.resolve(new Map(Object.entries(jobs)));
    });
    return Object.fromEntries(runs.map(({ summary: { id, status } }) => [id, status]));
  }

  it('queries all jobs of runs that have not ended at once', async () => {
    makeRun(root(), { id: 'plain', record: { status: 'interrupted' } });
    submitted('done', '1', 'completed');
    submitted('waiting', '2', 'queued');
    submitted('stopped', '3', 'interrupted');
    const found = await statuses({ 2: { state: 'running' }, 3: { state: 'queued' } });
    expect(found).to.deep.equal({ plain: 'interrupted', done: 'completed', waiting: 'running', stopped: 'preempted' });
    expect(asked.map((handles) => handles.sort())).to.deep.equal([['2', '3']]);
  });

  it('queries nothing if all have ended', async () => {
    submitted('done', '1', 'completed');
    expect(await statuses({})).to.deep.equal({ done: 'completed' });
    expect(asked).to.deep.equal([]);
  });

  it('records that a job has ended, and does not query it again', async () => {
    const run = submitted('waiting', '2', 'queued');
    submitted('stopped', '3', 'interrupted');
    const ended = { 2: { state: 'ended', exitReason: 'CANCELLED' }, 3: { state: 'ended' } } as const;
    const found = { waiting: 'cancelled', stopped: 'interrupted' };
    expect(await statuses(ended)).to.deep.equal(found);
    expect(readSubmission(run)).to.deep.include({ handle: '2', how: 'CANCELLED' });
    // The first list after that reads them anew, the second from the index.
    expect([await statuses({}), await statuses({})]).to.deep.equal([found, found]);
    expect(asked).to.have.length(1);
  });

  it('shows the recorded status if a launcher cannot be queried', async () => {
    submitted('waiting', '2', 'queued');
    expect(await statuses({})).to.deep.equal({ waiting: 'queued' });
  });
});
