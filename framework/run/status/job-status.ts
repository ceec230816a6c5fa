import type { Standing } from '../../kinds/launcher';
import type { ActualStatus } from '../run-record';

/** How a run stands, and what is wrong with it. */
export interface JobStatus {
  readonly status: ActualStatus;
  readonly error?: string;
}

/** Whether what a run's own files say of it is all that can be said, whatever became of its job. */
export function isFinal(status: ActualStatus): boolean {
  return status === 'completed' || status === 'failed';
}

/** How a run stands whose job stands so. @param status by the run's own files */
export function statusByJob(status: ActualStatus, standing: Standing): JobStatus {
  if (isFinal(status)) return { status };
  if (standing.state === 'running') return { status: 'running' };
  if (standing.state === 'queued') return { status: status === 'queued' ? 'queued' : 'preempted' };
  const { how = 'it is not known how' } = standing;
  const isPeaceful = /^(CANCELLED|COMPLETED)$/.test(how);
  const error = `Its job has ended: ${how}.`;
  if (status === 'queued') return how === 'CANCELLED' ? { status: 'cancelled' } : { status: 'failed', error };
  // One that saved its state can be gone on with; where the job says more than that it was asked to end, something is wrong.
  if (status === 'interrupted')
    return standing.how === undefined || isPeaceful ? { status } : { status: 'failed', error };
  return isPeaceful ? { status } : { status, error };
}
