import { expect } from 'chai';
import { statusByJob } from '../../../framework/run/status/job-status';

describe('The status of a run whose job', () => {
  const status = (own: Parameters<typeof statusByJob>[0], state: 'queued' | 'running' | 'ended', how?: string) =>
    statusByJob(own, { state, ...(how !== undefined && { exitReason: how }) });

  it('waits is queued, or pre-empted if it had started', () => {
    expect([status('queued', 'queued'), status('interrupted', 'queued'), status('dead', 'queued')]).to.deep.equal([
      { status: 'queued' },
      { status: 'preempted' },
      { status: 'preempted' },
    ]);
  });

  it('has its machines is running, also while it starts', () => {
    expect([status('queued', 'running'), status('interrupted', 'running')]).to.deep.equal([
      { status: 'running' },
      { status: 'running' },
    ]);
  });

  it('has ended is that of its record, and the failure that the launcher reports is included', () => {
    expect(status('interrupted', 'ended', 'COMPLETED')).to.deep.equal({ status: 'interrupted' });
    expect(status('interrupted', 'ended')).to.deep.equal({ status: 'interrupted' });
    expect(status('interrupted', 'ended', 'FAILED')).to.deep.equal({
      status: 'failed',
      error: 'Its job has ended: FAILED.',
    });
    expect(status('dead', 'ended', 'OUT_OF_MEMORY')).to.deep.equal({
      status: 'dead',
      error: 'Its job has ended: OUT_OF_MEMORY.',
    });
  });

  it('has ended before it started is cancelled or failed', () => {
    expect(status('queued', 'ended', 'CANCELLED')).to.deep.equal({ status: 'cancelled' });
    expect(status('queued', 'ended', 'NODE_FAIL')).to.deep.equal({
      status: 'failed',
      error: 'Its job has ended: NODE_FAIL.',
    });
  });

  it('has not ended, though the run has, is that of its record', () => {
    expect([status('completed', 'running'), status('failed', 'queued')]).to.deep.equal([
      { status: 'completed' },
      { status: 'failed' },
    ]);
  });
});
