import type { OperationRun } from './run-metadata';

/** Total time of all operations of one type. */
interface Total {
  readonly type: string;
  readonly count: number;
  readonly milliseconds: number;
}

/** Number of operation types listed by name; the others are summed up. */
const MAX_LISTED_TYPES = 15;

/** Table of the most expensive operation types: count, milliseconds, and share of the total time. */
export function summary(runs: readonly OperationRun[]): string[] {
  const totals = totalsOf(runs);
  const milliseconds = sum(totals.map((total) => total.milliseconds));
  const rest = totals.slice(MAX_LISTED_TYPES);
  const others: Total = {
    type: `${rest.length} other types`,
    count: sum(rest.map(({ count }) => count)),
    milliseconds: sum(rest.map((total) => total.milliseconds)),
  };
  const rows = [
    ...totals.slice(0, MAX_LISTED_TYPES),
    ...(rest.length > 0 ? [others] : []),
    { ...all(runs), milliseconds },
  ];
  const width = Math.max(...rows.map(({ type }) => type.length));
  const heading = `${'operation'.padEnd(width)}   count          ms    share`;
  return [heading, ...rows.map((total) => line(total, milliseconds, width))];
}

/** Time from the start of the first operation to the end of the last one. */
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
