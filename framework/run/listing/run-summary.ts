import { existsSync } from 'node:fs';
import { readJSON } from '../../checkpoint/json-file';
import { readLabels } from '../labels';
import { readJSONLines } from '../json-lines';
import { type MetricSummary, summarizePoints } from '../metric-summary';
import { type JobStatus, isFinal, statusByJob } from '../job-status';
import type { RunFolder } from '../run-folder';
import { type ActualStatus, readRecord, statusOf } from '../run-record';
import { readSubmission } from '../submission';

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
  const points = readJSONLines(folder.metrics);
  const last = points.at(-1) as { step: number } | undefined;
  const step = Math.max(record.step ?? -1, last?.step ?? -1);
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
    metrics: Object.fromEntries(summarizePoints(points)),
  };
}

/** How a run stands by its own files. */
function standingOf(folder: RunFolder, status: ActualStatus): JobStatus {
  const job = isFinal(status) ? undefined : readSubmission(folder);
  if (job?.endedAt === undefined) return { status };
  return statusByJob(status, { state: 'ended', ...(job.how !== undefined && { how: job.how }) });
}

/** Whether a run's launcher is to be asked how it stands. @param status by its own files */
export function isUnsettled(folder: RunFolder, status: ActualStatus): boolean {
  if (isFinal(status) || status === 'cancelled') return false;
  const job = readSubmission(folder);
  return job !== undefined && job.endedAt === undefined;
}

/** The values of a run's settings; none where it ended before they were written. */
export function readSettings({ config }: RunFolder): Record<string, unknown> {
  if (!existsSync(config)) return {};
  const { settings } = readJSON(config) as { settings: Record<string, { value: unknown }> };
  return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
}
