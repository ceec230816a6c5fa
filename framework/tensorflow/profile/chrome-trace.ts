import type { OperationRun } from './run-metadata';

/** A timeline in Chrome's trace event format, for ui.perfetto.dev and chrome://tracing. */
export interface ChromeTrace {
  readonly traceEvents: readonly object[];
  readonly displayTimeUnit: 'ms';
}

/**
 * A timeline with a group of rows for each device. TensorFlow does not report threads: an operation is put into the first row that is
 * free when it starts, so the number of rows is the maximum number of concurrent operations.
 * @param runs sorted by start
 */
export function chromeTrace(runs: readonly OperationRun[]): ChromeTrace {
  const devices = [...new Set(runs.map(({ device }) => device))];
  const named = devices.map((name, pid) => ({ ph: 'M', name: 'process_name', pid, args: { name } }));
  const events = devices.flatMap((device, pid) =>
    assignRows(runs.filter((run) => run.device === device)).map(({ row, run: { name, type, start, duration } }) => {
      return { ph: 'X', name: type, pid, tid: row, ts: start, dur: duration, args: { name } };
    }),
  );
  return { traceEvents: [...named, ...events], displayTimeUnit: 'ms' };
}

function assignRows(runs: readonly OperationRun[]): { row: number; run: OperationRun }[] {
  /** Time at which each row becomes free. */
  const freeAt: number[] = [];
  return runs.map((run) => {
    const index = freeAt.findIndex((end) => end <= run.start);
    const row = index < 0 ? freeAt.length : index;
    freeAt[row] = run.start + run.duration;
    return { row, run };
  });
}
