import { existsSync, readFileSync } from 'node:fs';
import type { RunFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';
import type { JobRecord } from './job-record';

/** Outcome of a job. */
export type JobOutcome = Pick<JobRecord, 'error'> & { readonly state: 'completed' | 'interrupted' | 'failed' };

/**
 * Outcome of a job that has ended, as recorded by its run.
 * @param since an ISO time; a record that ended earlier is ignored
 * @returns undefined if its process was killed, or ended before training
 */
export function recordedOutcome(run: RunFolder | undefined, since = ''): JobOutcome | undefined {
  if (!run || !existsSync(run.record)) return undefined;
  const { status, error, endedAt = '' } = readRecord(run);
  if (status === 'running' || status === 'queued' || endedAt < since) return undefined;
  return { state: status, ...(status === 'failed' && { error: error ?? '' }) };
}

/** Outcome of a job that ended without a record in its run. @param log file of its output */
export function unrecordedOutcome(run: RunFolder | undefined, log: string): JobOutcome {
  if (run && existsSync(run.record) && readRecord(run).status === 'running') {
    return { state: 'failed', error: 'Its process was killed, possibly because it ran out of memory.' };
  }
  const output = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n') : '';
  return { state: 'failed', error: output || 'Its process ended before the run was created.' };
}
