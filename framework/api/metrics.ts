import { jsonLines } from '../util/json-lines';

/** Metrics that were logged at a step, by name. */
export type Metrics = Readonly<Record<string, number>> & { readonly step: number };

/** The metrics in a run's metrics.jsonl, without artifacts and times. */
export function readMetrics(file: string): Metrics[] {
  return [...jsonLines(file)].flatMap((line) => {
    if (typeof line !== 'object' || line === null || !('step' in line) || 'artifact' in line) return [];
    const { time: _, ...metrics } = line as Metrics;
    return [metrics];
  });
}
