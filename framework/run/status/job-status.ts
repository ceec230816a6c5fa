import type { JobStatus } from '../../kinds/launcher';
import type { ActualStatus } from '../run-record';

/** Status of a run, and its error if any. */
export interface RunStatus {
  readonly status: ActualStatus;
  readonly error?: string;
}

/** True if the status is final, regardless of the job. */
export function isFinal(status: ActualStatus): boolean {
  return status === 'completed' || status === 'failed';
}

/** Status of a run, given the status of its job. @param status by the run's own files */
export function statusByJob(status: ActualStatus, job: JobStatus): RunStatus {
  if (isFinal(status)) return { status };
  if (job.state === 'running') return { status: 'running' };
  if (job.state === 'queued') return { status: status === 'queued' ? 'queued' : 'preempted' };
  const { exitReason: reason = 'unknown reason' } = job;
  const isRegular = /^(CANCELLED|COMPLETED)$/.test(reason);
  const error = `Its job has ended: ${reason}.`;
  if (status === 'queued') return reason === 'CANCELLED' ? { status: 'cancelled' } : { status: 'failed', error };
  // An interrupted run has saved its state and can be resumed; any reason other than a regular end is an error.
  if (status === 'interrupted')
    return job.exitReason === undefined || isRegular ? { status } : { status: 'failed', error };
  return isRegular ? { status } : { status, error };
}
