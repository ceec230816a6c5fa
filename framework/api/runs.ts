import * as v from 'valibot';
import type { RunSummary } from '../run/listing/run-summary';
import { checkOptions, type Schemas } from './check-options';
import { PROJECT_OPTIONS, type ProjectOptions } from './project-options';
import { CONDITIONS, FIELD, FLAG, integer, NAMES } from './schemas';

/** Options of `runs`. */
export interface RunsOptions extends ProjectOptions {
  /** Statuses to include; all by default. */
  readonly status?: readonly string[] | undefined;
  /** Conditions that must all hold: `['optimizer=Adam', 'loss<0.1']`. */
  readonly where?: readonly string[] | undefined;
  /** Field, setting or metric to sort by, ascending; latest first by default. */
  readonly sort?: string | undefined;
  readonly reverse?: boolean | undefined;
  /** Maximum number of runs. */
  readonly limit?: number | undefined;
}

/** A run: its settings, status, and the last, lowest and highest value of each metric. */
export interface ListedRun extends RunSummary {
  readonly folder: string;
}

const OPTIONS = {
  ...PROJECT_OPTIONS,
  status: v.optional(NAMES),
  where: v.optional(CONDITIONS),
  sort: v.optional(FIELD),
  reverse: v.optional(FLAG),
  limit: v.optional(integer(0)),
} satisfies Schemas<RunsOptions>;

/** Lists runs, as `exp runs` does. @throws UserError if a condition is invalid, or no run has a field, setting or metric of its name */
export async function runs(options: RunsOptions = {}): Promise<ListedRun[]> {
  checkOptions('runs', options, OPTIONS);
  const { openContext } = await import('./open-context');
  const { listRuns } = await import('../run/listing/list-runs');
  const { chooseRuns } = await import('../run/listing/choose-runs');
  const { refreshJobStatuses } = await import('../run/status/refresh-job-status');
  const { jobStatusQuery } = await import('../experiment/launching/query-job-status');
  const { registry, runs: root, monitor } = await openContext(options);
  const query = jobStatusQuery(
    () => registry,
    (text) => monitor.log(text),
  );
  const listed = await refreshJobStatuses(listRuns(root).runs, query);
  const { status = [], where = [], sort, reverse = false, limit = 0 } = options;
  const chosen = chooseRuns(listed, { status, where, sort, reverse, limit });
  return chosen.runs.map(({ folder, summary }) => ({ ...summary, folder: folder.path }));
}
