import { jsonLines } from '../util/json-lines';

/** Summary of a metric over a run. */
export interface MetricSummary {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** Summary of the points of a run's curves. */
export interface PointsSummary {
  /** Summaries by metric; values that are not finite are skipped. */
  readonly metrics: ReadonlyMap<string, MetricSummary>;
  /** Step of the last point. */
  readonly lastStep: number | undefined;
}

/** Summarizes the metrics of metrics.jsonl, by name. */
export function summarizeMetrics(file: string): ReadonlyMap<string, MetricSummary> {
  return summarizePoints(jsonLines(file)).metrics;
}

/** @param points lines of metrics.jsonl; invalid ones are skipped */
export function summarizePoints(points: Iterable<unknown>): PointsSummary {
  const metrics = new Map<string, MetricSummary>();
  let lastStep: number | undefined;
  for (const point of points) {
    for (const [name, value] of Object.entries(point ?? {})) {
      if (typeof value !== 'number') continue;
      if (name === 'step') lastStep = value;
      else metrics.set(name, extend(metrics.get(name), value));
    }
  }
  return { metrics, lastStep };
}

function extend({ min, max }: Partial<MetricSummary> = {}, value: number): MetricSummary {
  return { last: value, min: Math.min(min ?? value, value), max: Math.max(max ?? value, value) };
}

/** True if a metric describes the machine rather than the model. */
export function isSystemMetric(metric: string): boolean {
  return metric.startsWith('hardware/');
}

/** Sorts names of metrics: in the order of tracking, hardware metrics last. */
export function sortMetrics(metrics: readonly string[]): string[] {
  return [...metrics].sort((a, b) => Number(isSystemMetric(a)) - Number(isSystemMetric(b)));
}
