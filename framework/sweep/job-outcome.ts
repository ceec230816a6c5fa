import { existsSync, readFileSync } from 'node:fs';
import type { RunFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';
import type { JobRecord } from './job-record';

/** How a job ended. */
export type JobOutcome = Pick<JobRecord, 'error'> & { readonly state: 'completed' | 'interrupted' | 'failed' };

/**
 * How a job that runs no more ended, by what its run wrote down.
 * @param since an ISO time; what was written down before says nothing
 * @returns nothing where its process was killed, or ended before it trained
 */
export function recordedOutcome(run: RunFolder | undefined, since = ''): JobOutcome | undefined {
  if (!run || !existsSync(run.record)) return undefined;
  const { status, error, endedAt = '' } = readRecord(run);
  if (status === 'running' || status === 'queued' || endedAt < since) return undefined;
  return { state: status, ...(status === 'failed' && { error: error ?? '' }) };
}

/** What can be told of a job that ended without a word in its run. @param log what it printed */
export function unrecordedOutcome(run: RunFolder | undefined, log: string): JobOutcome {
  if (run && existsSync(run.record) && readRecord(run).status === 'running') {
    return { state: 'failed', error: 'Its process was killed, perhaps because the memory was used up.' };
  }
  const said = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n') : '';
  return { state: 'failed', error: said || 'Its process ended before there was a run.' };
}
