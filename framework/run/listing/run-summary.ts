import { existsSync } from 'node:fs';
import { readJSON } from '../../checkpoint/json-file';
import { readLabels } from '../labels';
import { readJSONLines } from '../json-lines';
import { type MetricSummary, summarizePoints } from '../metric-summary';
import type { RunFolder } from '../run-folder';
import { type ActualStatus, readRecord, statusOf } from '../run-record';

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
  /** The last step that was tracked. */
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
  return {
    id: folder.id,
    experiment,
    status: statusOf(folder, record),
    startedAt,
    ...readLabels(folder),
    ...(error !== undefined && { error }),
    ...(endedAt !== undefined && { endedAt }),
    ...(last && { step: last.step }),
    settings: readSettings(folder),
    metrics: Object.fromEntries(summarizePoints(points)),
  };
}

/** The values of a run's settings; none where it ended before they were written. */
export function readSettings({ config }: RunFolder): Record<string, unknown> {
  if (!existsSync(config)) return {};
  const { settings } = readJSON(config) as { settings: Record<string, { value: unknown }> };
  return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
}
