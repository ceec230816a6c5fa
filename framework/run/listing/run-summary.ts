import { UserError } from '../../errors';
import { readSettings } from '../config-file';
import { readLabels } from '../labels';
import { jsonLines } from '../../util/json-lines';
import { type MetricSummary, summarizePoints } from '../metric-summary';
import { type RunStatus, isFinal, statusByJob } from '../status/job-status';
import type { RunFolder } from '../run-folder';
import { type ActualStatus, readRecord, statusOf } from '../run-record';
import { readSubmission } from '../status/submission';

/** Summary of a run: settings, status and metrics. */
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
  /** Number of completed steps as far as known: from the record of a stopped run, or the last point of its curves. */
  readonly step?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

/** @throws UserError if its files cannot be read */
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
    ...runStatus(folder, statusOf(folder, record)),
    ...(endedAt !== undefined && { endedAt }),
    ...(step >= 0 && { step }),
    settings: readSettings(folder),
    metrics: Object.fromEntries(metrics),
  };
}

/** Same as `summarizeRun`, but undefined for a run whose files are damaged. */
export function summaryIfWhole(folder: RunFolder): RunSummary | undefined {
  try {
    return summarizeRun(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/** Status of a run by its own files. */
function runStatus(folder: RunFolder, status: ActualStatus): RunStatus {
  const job = isFinal(status) ? undefined : readSubmission(folder);
  if (job?.endedAt === undefined) return { status };
  return statusByJob(status, { state: 'ended', ...(job.how !== undefined && { exitReason: job.how }) });
}

/** True if the status of a run must be queried from its launcher. @param status by its own files */
export function needsJobQuery(folder: RunFolder, status: ActualStatus): boolean {
  if (isFinal(status) || status === 'cancelled') return false;
  const job = readSubmission(folder);
  return job !== undefined && job.endedAt === undefined;
}
