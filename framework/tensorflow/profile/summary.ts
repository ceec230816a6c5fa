import type { OperationRun } from './run-metadata';

/** What the operations of one type took together. */
interface Total {
  readonly type: string;
  readonly count: number;
  readonly milliseconds: number;
}

/** Types of operations that are listed by name; the others are summed up. */
const LISTED = 15;

/** The types of operations that took the most time: count, milliseconds, and the share of the time of all. */
export function summary(runs: readonly OperationRun[]): string[] {
  const totals = totalsOf(runs);
  const milliseconds = sum(totals.map((total) => total.milliseconds));
  const rest = totals.slice(LISTED);
  const others: Total = {
    type: `${rest.length} other types`,
    count: sum(rest.map(({ count }) => count)),
    milliseconds: sum(rest.map((total) => total.milliseconds)),
  };
  const rows = [...totals.slice(0, LISTED), ...(rest.length > 0 ? [others] : []), { ...all(runs), milliseconds }];
  const width = Math.max(...rows.map(({ type }) => type.length));
  const heading = `${'operation'.padEnd(width)}   count          ms    share`;
  return [heading, ...rows.map((total) => line(total, milliseconds, width))];
}

/** From when the first operation began to when the last one ended. */
export function spanInMilliseconds(runs: readonly OperationRun[]): number {
  return Math.max(0, ...runs.map(({ start, duration }) => start + duration)) / 1000;
}

function totalsOf(runs: readonly OperationRun[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { type, duration } of runs) {
    const { count, milliseconds } = totals.get(type) ?? { count: 0, milliseconds: 0 };
    totals.set(type, { type, count: count + 1, milliseconds: milliseconds + duration / 1000 });
  }
  return [...totals.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

function all(runs: readonly OperationRun[]): { type: string; count: number } {
  return { type: 'all', count: runs.length };
}

function line({ type, count, milliseconds }: Total, whole: number, width: number): string {
  const share = `${((100 * milliseconds) / whole).toFixed(1)} %`;
  return `${type.padEnd(width)}  ${String(count).padStart(6)}  ${milliseconds.toFixed(2).padStart(10)}  ${share.padStart(7)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
