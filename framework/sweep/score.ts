import { type MetricSummary, summarizeMetrics } from '../run/metric-summary';
import type { RunFolder } from '../run/run-folder';
import type { Objective } from './objective';

/** How good a run is by an objective; nothing where it has no such metric. */
export function scoreOf(run: RunFolder | undefined, objective: Objective): number | undefined {
  return run && valueOf(summarizeMetrics(run.metrics).get(objective.metric), objective);
}

/** The value of a metric that counts. */
export function valueOf(
  metric: MetricSummary | undefined,
  { goal, value }: Pick<Objective, 'goal' | 'value'>,
): number | undefined {
  return value === 'last' ? metric?.last : metric?.[goal];
}
