import type { JobStatus } from '../../kinds/launcher';
import type { ActualStatus } from '../run-record';

/** How a run stands, and what is wrong with it. */
export interface RunStatus {
  readonly status: ActualStatus;
  readonly error?: string;
}

/** Whether what a run's own files say of it is all that can be said, whatever became of its job. */
export function isFinal(status: ActualStatus): boolean {
  return status === 'completed' || status === 'failed';
}

/** How a run stands whose job stands so. @param status by the run's own files */
export function statusByJob(status: ActualStatus, job: JobStatus): RunStatus {
  if (isFinal(status)) return { status };
  if (job.state === 'running') return { status: 'running' };
  if (job.state === 'queued') return { status: status === 'queued' ? 'queued' : 'preempted' };
  const { exitReason: how = 'it is not known how' } = job;
  const isPeaceful = /^(CANCELLED|COMPLETED)$/.test(how);
  const error = `Its job has ended: ${how}.`;
  if (status === 'queued') return how === 'CANCELLED' ? { status: 'cancelled' } : { status: 'failed', error };
  // One that saved its state can be gone on with; where the job says more than that it was asked to end, something is wrong.
  if (status === 'interrupted')
    return job.exitReason === undefined || isPeaceful ? { status } : { status: 'failed', error };
  return isPeaceful ? { status } : { status, error };
}
