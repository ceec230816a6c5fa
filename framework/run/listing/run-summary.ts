import { UserError } from '../../errors';
import { readSettings } from '../config-file';
import { readLabels } from '../labels';
import { jsonLines } from '../../util/json-lines';
import { type MetricSummary, summarizePoints } from '../metric-summary';
import { type RunStatus, isFinal, statusByJob } from '../status/job-status';
import type { RunFolder } from '../run-folder';
import { type ActualStatus, readRecord, statusOf } from '../run-record';
import { readSubmission } from '../status/submission';

/** A run in a list: what it was, how it stands, how it went. */
export interface RunSummary {
  readonly id: string;
  readonly experiment: string;
  readonly status: ActualStatus;
  readonly error?: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly tags: readonly string[];
  readonly note?: string;
  /** The updates that were done, as far as is known: those of a run that is stopped, or up to the last point of its curves. */
  readonly step?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

/** @throws UserError where its files cannot be read */
export function summarizeRun(folder: RunFolder): RunSummary {
  const record = readRecord(folder);
  const { experiment, error, startedAt, endedAt } = record;
  const { metrics, lastStep = -1 } = summarizePoints(jsonLines(folder.metrics));
  const step = Math.max(record.step ?? -1, lastStep);
  return {
    id: folder.id,
    experiment,
    startedAt,
    ...readLabels(folder),
    ...(error !== undefined && { error }),
    ...standingOf(folder, statusOf(folder, record)),
    ...(endedAt !== undefined && { endedAt }),
    ...(step >= 0 && { step }),
    settings: readSettings(folder),
    metrics: Object.fromEntries(metrics),
  };
}

/** The same; nothing of a run whose files are damaged. */
export function summaryIfWhole(folder: RunFolder): RunSummary | undefined {
  try {
    return summarizeRun(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/** How a run stands by its own files. */
function standingOf(folder: RunFolder, status: ActualStatus): RunStatus {
  const job = isFinal(status) ? undefined : readSubmission(folder);
  if (job?.endedAt === undefined) return { status };
  return statusByJob(status, { state: 'ended', ...(job.how !== undefined && { exitReason: job.how }) });
}

/** Whether a run's launcher is to be asked how it stands. @param status by its own files */
export function needsJobQuery(folder: RunFolder, status: ActualStatus): boolean {
  if (isFinal(status) || status === 'cancelled') return false;
  const job = readSubmission(folder);
  return job !== undefined && job.endedAt === undefined;
}
