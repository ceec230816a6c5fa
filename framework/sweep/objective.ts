import { existsSync } from 'node:fs';
import { type Goal, type Goals, goalOf } from '../kinds/metric';
import type { RunFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';

/** What says how good a run is. */
export interface Objective {
  /** A name in the run's metrics.jsonl. */
  readonly metric: string;
  readonly goal: Goal;
  /** Which of a run's values counts. */
  readonly value: 'last' | 'best';
}

/**
 * An objective with parts of it replaced; another metric comes with its own goal, unless that is replaced too.
 * @param runs what the sweep has trained, whose records have the declared goals
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

/** The goals that the runs of a sweep recorded, which are those of one experiment. */
function declaredGoals(runs: readonly (RunFolder | undefined)[]): Goals {
  const recorded = runs.map((run) => (run && existsSync(run.record) ? readRecord(run).goals : undefined));
  return Object.assign({}, ...recorded) as Goals;
}
