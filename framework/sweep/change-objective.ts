import { isDeepStrictEqual } from 'node:util';
import { ExitCode, UserError } from '../errors';
import type { Objective } from './objective';
import { requireMetric, summarizeSweep } from './summary';
import type { SweepFolder } from './sweep-folder';
import { readSweepRecord } from './sweep-record';
import { commandName } from '../util/command-name';

/**
 * Changes parts of the objective of a sweep that is resumed.
 * @param isAdaptive true if its searcher learns from the results of jobs
 * @throws UserError if no run has the metric, or the searcher has learnt from another objective
 */
export function changeObjective(folder: SweepFolder, changes: Partial<Objective>, isAdaptive: boolean): Objective {
  const { objective: before } = readSweepRecord(folder);
  if (Object.keys(changes).length === 0) return before;
  const summary = summarizeSweep(folder, changes);
  requireMetric(summary);
  const { objective: after } = summary;
  const hasLearnt = before.goal !== after.goal || hasScore(folder);
  if (isAdaptive && !isDeepStrictEqual(before, after) && hasLearnt) throw objectiveMismatch(before, after, folder);
  return after;
}

/** True if any job has a score by the objective so far. */
function hasScore(folder: SweepFolder): boolean {
  return summarizeSweep(folder).jobs.some(({ state, metric }) => state === 'completed' && metric !== undefined);
}

function objectiveMismatch(before: Objective, after: Objective, { id }: SweepFolder): UserError {
  return new UserError(
    `The search of ${id} started with ${describeObjective(before)} and cannot continue with ${describeObjective(after)}.`,
    {
      hints: [
        `Start another sweep: ${commandName()} sweep EXPERIMENT ... --sweep metric=${after.metric} goal=${after.goal}`,
        `To show the completed jobs: ${commandName()} sweep show ${id} --metric ${after.metric}`,
      ],
      exitCode: ExitCode.usage,
    },
  );
}

function describeObjective({ metric, goal, value }: Objective): string {
  return `metric=${metric} goal=${goal} value=${value}`;
}
