import { ExitCode, UserError } from '../../errors';
import { type Condition, holds, parseCondition } from './condition';
import type { ListedRun } from './list-runs';
import { checkNames, fieldOf } from './run-fields';
import type { RunSummary } from './run-summary';

/** Filter and order of a list of runs. */
export interface Choice {
  /** Statuses to include; any if empty. */
  readonly status: readonly string[];
  /** Conditions that must all hold. */
  readonly where: readonly string[];
  /** Field, setting or metric to sort by; latest first by default. */
  readonly sort?: string | undefined;
  readonly reverse: boolean;
  /** Maximum number of runs; 0 for all. */
  readonly limit: number;
}

/**
 * Filters and sorts runs.
 * @param runs latest first
 * @param columns further names to check
 * @returns the runs, and their number without the limit
 * @throws UserError if a condition is invalid, or no run has one of the names
 */
export function chooseRuns(
  runs: readonly ListedRun[],
  { status, where, sort, reverse, limit }: Choice,
  columns: readonly string[] = [],
): { runs: ListedRun[]; total: number } {
  checkLimit(limit);
  const conditions = where.map(parseCondition);
  const names = [...conditions.map(({ name }) => name), ...(sort === undefined ? [] : [sort]), ...columns];
  if (names.length > 0)
    checkNames(
      names,
      runs.map(({ summary }) => summary),
    );
  const isPlain = status.length === 0 && conditions.length === 0;
  const chosen = isPlain ? [...runs] : runs.filter(({ summary }) => isIncluded(summary, status, conditions));
  if (sort !== undefined) sortBy(chosen, sort, reverse ? -1 : 1);
  else if (reverse) chosen.reverse();
  return { runs: limit === 0 ? chosen : chosen.slice(0, limit), total: chosen.length };
}

function isIncluded(run: RunSummary, status: readonly string[], conditions: readonly Condition[]): boolean {
  return (status.length === 0 || status.includes(run.status)) && conditions.every((condition) => holds(condition, run));
}

/** Sorts in ascending order, or descending with `sign` -1; runs without a value come last in both cases. */
function sortBy(runs: ListedRun[], name: string, sign: 1 | -1): void {
  const values = new Map(runs.map((run) => [run, fieldOf(run.summary, name)]));
  runs.sort((a, b) => {
    const [one, other] = [values.get(a), values.get(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * order(one, other);
  });
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one = '', other = ''] = [a, b].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return one < other ? -1 : Number(one > other);
}

function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 0) return;
  const value = Number.isNaN(limit) ? '' : ` ${limit}`;
  throw new UserError(`--limit${value}: expected an integer of at least 0.`, { exitCode: ExitCode.usage });
}
