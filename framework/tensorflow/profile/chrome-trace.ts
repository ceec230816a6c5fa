import type { OperationRun } from './run-metadata';

/** A timeline in Chrome's trace event format, which ui.perfetto.dev and chrome://tracing show. */
export interface ChromeTrace {
  readonly traceEvents: readonly object[];
  readonly displayTimeUnit: 'ms';
}

/**
 * A timeline with a group of rows for each device. TensorFlow does not tell threads: an operation stands in the first row that is free when
 * it begins, so that there are as many rows as operations ran at once.
 * @param runs the earliest first
 */
export function chromeTrace(runs: readonly OperationRun[]): ChromeTrace {
  const devices = [...new Set(runs.map(({ device }) => device))];
  const named = devices.map((name, pid) => ({ ph: 'M', name: 'process_name', pid, args: { name } }));
  const events = devices.flatMap((device, pid) =>
    inRows(runs.filter((run) => run.device === device)).map(({ row, run: { name, type, start, duration } }) => {
      return { ph: 'X', name: type, pid, tid: row, ts: start, dur: duration, args: { name } };
    }),
  );
  return { traceEvents: [...named, ...events], displayTimeUnit: 'ms' };
}

function inRows(runs: readonly OperationRun[]): { row: number; run: OperationRun }[] {
  /** When each row is free again. */
  const free: number[] = [];
  return runs.map((run) => {
    const found = free.findIndex((end) => end <= run.start);
    const row = found < 0 ? free.length : found;
    free[row] = run.start + run.duration;
    return { row, run };
  });
}
