import { jsonLines } from '../util/json-lines';

/** How a metric went over a run. */
export interface MetricSummary {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** What the points of a run's curves amount to. */
export interface PointsSummary {
  /** Each metric by its name; what is not finite is passed over. */
  readonly metrics: ReadonlyMap<string, MetricSummary>;
  /** The step of the last point. */
  readonly lastStep: number | undefined;
}

/** Each metric of metrics.jsonl by its name. */
export function summarizeMetrics(file: string): ReadonlyMap<string, MetricSummary> {
  return summarizePoints(jsonLines(file)).metrics;
}

/** @param points the lines of metrics.jsonl; what is no point is passed over */
export function summarizePoints(points: Iterable<unknown>): PointsSummary {
  const metrics = new Map<string, MetricSummary>();
  let lastStep: number | undefined;
  for (const point of points) {
    for (const [name, value] of Object.entries(point ?? {})) {
      if (typeof value !== 'number') continue;
      if (name === 'step') lastStep = value;
      else metrics.set(name, extended(metrics.get(name), value));
    }
  }
  return { metrics, lastStep };
}

function extended({ min, max }: Partial<MetricSummary> = {}, value: number): MetricSummary {
  return { last: value, min: Math.min(min ?? value, value), max: Math.max(max ?? value, value) };
}

/** Whether a metric tells of the machine rather than of the model. */
export function isSystemMetric(metric: string): boolean {
  return metric.startsWith('hardware/');
}

/** Names of metrics as they are tracked, those of the hardware last. */
export function sortMetrics(metrics: readonly string[]): string[] {
  return [...metrics].sort((a, b) => Number(isSystemMetric(a)) - Number(isSystemMetric(b)));
}
