import type { BrokenRun, ListedRun } from '../../run/listing/list-runs';
import { fieldOf } from '../../run/listing/run-fields';
import type { RunSummary } from '../../run/listing/run-summary';
import { displayPath } from '../../run/runs-folder';
import { formatTable } from '../../util/format';
import { formatValue, formatTime, formatElapsed } from './format';

type Column = readonly [heading: string, cell: (run: RunSummary) => string];

/** Prints a table of runs, and remarks. @param columns names of fields, settings and metrics; the default columns if empty */
export function printRuns(
  runs: readonly ListedRun[],
  total: number,
  broken: readonly BrokenRun[],
  columns: readonly string[],
): void {
  const summaries = runs.map(({ summary }) => summary);
  const shown = columns.length > 0 ? columns.map(column) : defaultColumns(summaries);
  const rows = summaries.map((run) => shown.map(([, cellOf]) => cellOf(run)));
  if (rows.length > 0)
    for (const line of formatTable(
      shown.map(([heading]) => heading),
      rows,
    ))
      console.log(line);
  for (const line of remarks(rows.length, total)) console.log(line);
  for (const { folder, error } of broken) console.error(`Skipped ${displayPath(folder.path)}: ${error.message}`);
}

function defaultColumns(runs: readonly RunSummary[]): Column[] {
  const metric = mainMetric(runs);
  return [
    ...['id', 'experiment', 'status'].map(column),
    ['started', ({ startedAt }) => formatTime(startedAt)],
    // The end of a killed run is not known.
    ['took', (run) => (run.status === 'dead' ? '-' : formatElapsed(run.startedAt, run.endedAt))],
    column('step'),
    ...(metric === undefined ? [] : [metricColumn(metric)]),
    ...(runs.some(({ tags }) => tags.length > 0) ? [['tags', ({ tags }) => tags.join(' ')] as Column] : []),
    ...(runs.some(({ note }) => note !== undefined) ? [['note', ({ note = '' }) => truncateNote(note)] as Column] : []),
  ];
}

function column(name: string): Column {
  return [name, (run) => formatValue(fieldOf(run, name))];
}

/** Unlike `column`, not of a setting with the name of the metric. */
function metricColumn(name: string): Column {
  return [name, ({ metrics }) => formatValue(Object.hasOwn(metrics, name) ? metrics[name]?.last : undefined)];
}

/** The most frequent first metric of the runs. */
function mainMetric(runs: readonly RunSummary[]): string | undefined {
  const counts = new Map<string, number>();
  for (const [first] of runs.map(({ metrics }) => Object.keys(metrics)))
    if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function truncateNote(note: string): string {
  const [line = ''] = note.split('\n');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function remarks(shownCount: number, total: number): string[] {
  if (total === 0) return ['No matching runs.'];
  return shownCount < total ? [`${shownCount} of ${total} runs shown; show all with --limit 0`] : [];
}
