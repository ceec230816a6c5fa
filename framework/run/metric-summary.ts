import { readJSONLines } from './json-lines';

/** How a metric went over a run. */
export interface MetricSummary {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** Each metric of metrics.jsonl by its name; what is not finite is passed over. */
export function summarizeMetrics(file: string): Map<string, MetricSummary> {
  return summarizePoints(readJSONLines(file));
}

/** The same of lines that were read. */
export function summarizePoints(points: readonly unknown[]): Map<string, MetricSummary> {
  const summaries = new Map<string, MetricSummary>();
  for (const point of points) {
    for (const [name, value] of Object.entries(point ?? {})) {
      if (name === 'step' || typeof value !== 'number') continue;
      const { min = value, max = value } = summaries.get(name) ?? {};
      summaries.set(name, { last: value, min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  return summaries;
}
