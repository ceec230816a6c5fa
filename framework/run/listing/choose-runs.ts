import { ExitCode, UserError } from '../../errors';
import { type Condition, holds, parseCondition } from './condition';
import type { ListedRun } from './list-runs';
import { checkNames, fieldOf } from './run-fields';
import type { RunSummary } from './run-summary';

/** Which runs of a list are wanted, and in what order. */
export interface Choice {
  /** The statuses that are wanted; any where it is empty. */
  readonly status: readonly string[];
  /** Conditions that all must hold. */
  readonly where: readonly string[];
  /** A field, setting or metric; the newest come first where it is left out. */
  readonly sort?: string | undefined;
  readonly reverse: boolean;
  /** How many at most; 0 for all. */
  readonly limit: number;
}

/**
 * The runs that are wanted, in their order.
 * @param runs the newest first
 * @param columns further names that must be known
 * @returns them, and how many there are without the limit
 * @throws UserError where a condition is none, or nothing has a name
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
  const chosen = isPlain ? [...runs] : runs.filter(({ summary }) => isWanted(summary, status, conditions));
  if (sort !== undefined) sortBy(chosen, sort, reverse ? -1 : 1);
  else if (reverse) chosen.reverse();
  return { runs: limit === 0 ? chosen : chosen.slice(0, limit), total: chosen.length };
}

function isWanted(run: RunSummary, status: readonly string[], conditions: readonly Condition[]): boolean {
  return (status.length === 0 || status.includes(run.status)) && conditions.every((condition) => holds(condition, run));
}

/** Puts the least first, or the greatest with `sign` -1; what has no such value comes last either way. */
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
  throw new UserError(`--limit ${limit}: a whole number of at least 0 is wanted.`, { exitCode: ExitCode.usage });
}
