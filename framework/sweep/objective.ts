import { existsSync } from 'node:fs';
import { type Goal, type Goals, goalOf } from '../kinds/metric';
import type { RunFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';

/** Objective of a sweep: the measure of a run's quality. */
export interface Objective {
  /** Name of a metric in the run's metrics.jsonl. */
  readonly metric: string;
  readonly goal: Goal;
  /** Value of the metric to use. */
  readonly value: 'last' | 'best';
}

/**
 * Applies changes to an objective; another metric has its own goal, unless that is changed too.
 * @param runs runs of the sweep, whose records contain the declared goals
 */
export function changedObjective(
  before: Objective,
  changes: Partial<Objective>,
  runs: readonly (RunFolder | undefined)[],
): Objective {
  const { metric = before.metric, value = before.value } = changes;
  const ownGoal = () => (metric === before.metric ? before.goal : goalOf(metric, declaredGoals(runs)));
  return { metric, goal: changes.goal ?? ownGoal(), value };
}

/** Declared goals in the records of a sweep's runs, which belong to one experiment. */
function declaredGoals(runs: readonly (RunFolder | undefined)[]): Goals {
  const recorded = runs.map((run) => (run && existsSync(run.record) ? readRecord(run).goals : undefined));
  return Object.assign({}, ...recorded) as Goals;
}
