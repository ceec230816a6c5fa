import { isDeepStrictEqual } from 'node:util';
import { ExitCode, UserError } from '../errors';
import type { Objective } from './objective';
import { requireMetric, summarizeSweep } from './summary';
import type { SweepFolder } from './sweep-folder';
import { readSweepRecord } from './sweep-record';

/**
 * The objective of a sweep that is resumed with parts of it changed.
 * @param isAdaptive whether its searcher learns from how jobs ended
 * @throws UserError where no run has the metric, or the searcher has learnt by another objective
 */
export function changeObjective(folder: SweepFolder, changes: Partial<Objective>, isAdaptive: boolean): Objective {
  const { objective: before } = readSweepRecord(folder);
  if (Object.keys(changes).length === 0) return before;
  const summary = summarizeSweep(folder, changes);
  requireMetric(summary);
  const { objective: after } = summary;
  const isLearnt = before.goal !== after.goal || hasJudged(folder);
  if (isAdaptive && !isDeepStrictEqual(before, after) && isLearnt) throw searchedBy(before, after, folder);
  return after;
}

/** Whether a job was judged by the objective so far. */
function hasJudged(folder: SweepFolder): boolean {
  return summarizeSweep(folder).jobs.some(({ state, metric }) => state === 'completed' && metric !== undefined);
}

function searchedBy(before: Objective, after: Objective, { id }: SweepFolder): UserError {
  return new UserError(
    `The search of ${id} began with ${describeObjective(before)} and cannot continue with ${describeObjective(after)}.`,
    {
      hints: [
        `Start another sweep: exp sweep EXPERIMENT ... --sweep metric=${after.metric} goal=${after.goal}`,
        `To see the jobs that are done: exp sweep show ${id} --metric ${after.metric}`,
      ],
      exitCode: ExitCode.usage,
    },
  );
}

function describeObjective({ metric, goal, value }: Objective): string {
  return `metric=${metric} goal=${goal} value=${value}`;
}
