import { type MetricSummary, summarizeMetrics } from '../run/metric-summary';
import type { RunFolder } from '../run/run-folder';
import type { Objective } from './objective';

/** Score of a run by an objective; undefined if it does not have the metric. */
export function scoreOf(run: RunFolder | undefined, objective: Objective): number | undefined {
  return run && valueOf(summarizeMetrics(run.metrics).get(objective.metric), objective);
}

/** Value of a metric that an objective uses. */
export function valueOf(
  metric: MetricSummary | undefined,
  { goal, value }: Pick<Objective, 'goal' | 'value'>,
): number | undefined {
  return value === 'last' ? metric?.last : metric?.[goal];
}
