import { textOf } from '../../config/describe/format-value';
import type { RunDescription } from '../../run/listing/describe-run';
import { sortMetrics } from '../../run/metric-summary';
import { displayPath } from '../../run/runs-folder';
import { formatTable } from '../../util/format';
import { formatValue, formatTime, formatElapsed } from './format';
import { printEvaluations } from './print-evaluations';

/** Prints the record of a run. @param all includes settings at their defaults */
export function printRun(description: RunDescription, all: boolean): void {
  const rows = [...overviewRows(description), ...environmentRows(description)].filter(([, text]) => text !== '');
  for (const [name, text] of rows) console.log(`${name.padEnd(12)}${text}`);
  printSettings(description, all);
  printMetrics(description);
  printEvaluations(description.evaluations);
}

type Row = readonly [name: string, text: string];

function overviewRows({ folder, summary, record, job, attempts, checkpoints }: RunDescription): Row[] {
  const { id, experiment, status, startedAt, endedAt, tags, note = '', step } = summary;
  const deathNote = status === 'dead' ? ' (its process died; continue with exp resume)' : '';
  return [
    ['run', `${experiment} ${id}${record.rerunOf === undefined ? '' : `, a rerun of ${record.rerunOf}`}`],
    ['from', record.from === undefined ? '' : `the checkpoint of step ${record.from.step} of ${record.from.run}`],
    ['initial weights', (record.initialWeights ?? []).map(({ run, step }) => `step ${step} of ${run}`).join(', ')],
    ['weights', record.importedFrom === undefined ? '' : `from ${displayPath(record.importedFrom.file)}`],
    ['status', `${status}${deathNote}`],
    ['error', summary.error ?? ''],
    ['stopped', record.stopped ?? ''],
    ['job', job === undefined ? '' : `${job.launcher} ${job.handle} ${job.settings.join(' ')}`.trimEnd()],
    ['started', `${formatTime(startedAt)}${endedAt === undefined ? '' : `, for ${formatElapsed(startedAt, endedAt)}`}`],
    ['resumed', attempts > 1 ? `${attempts - 1} times` : ''],
    ...changesOf(record),
    ['step', formatValue(step)],
    ['checkpoints', checkpoints.length === 0 ? 'none' : `at ${checkpoints.join(', ')}`],
    ['tags', tags.join(' ')],
    ['note', note.replaceAll('\n', `\n${' '.repeat(12)}`)],
    ['command', `exp ${record.command.join(' ')}`],
    ['folder', displayPath(folder)],
  ];
}

/** The settings that were changed when the run was resumed or tuned. */
function changesOf({ changes = [] }: RunDescription['record']): Row[] {
  return changes.flatMap(({ step, settings }) =>
    Object.entries(settings).map(([key, { from, to }]): Row => {
      return ['changed', `${key}: ${textOf(from)} → ${textOf(to)} from step ${step + 1} on`];
    }),
  );
}

/** Maximum number of excluded files to name. */
const MAX_NAMED_FILES = 5;

function excludedFilesText({
  leftOut,
  leftOutCount,
}: {
  leftOut: readonly { path: string }[];
  leftOutCount: number;
}): string {
  const named = leftOut.slice(0, MAX_NAMED_FILES).map(({ path }) => path);
  const rest = leftOutCount - named.length;
  return `excluding ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function environmentRows({ environment, patch, record }: RunDescription): Row[] {
  const versions = Object.entries(environment?.versions ?? record.versions);
  const row: Row = ['versions', versions.map(([name, version]) => `${name} ${version}`).join(', ')];
  if (!environment) return [row];
  const { machine, source, sourceUnknown } = environment;
  const { cpu, memoryMiB, gpus, host } = machine;
  const gpu = gpus.map(({ name }) => `, ${name}`).join('');
  return [
    ['code', source ? codeText(source) : (sourceUnknown ?? 'not in a git repository')],
    ['', patch === undefined ? '' : `uncommitted changes: ${displayPath(patch)}`],
    ['', source?.leftOutCount ? excludedFilesText(source) : ''],
    row,
    ['machine', `${host}, ${cpu.count} × ${cpu.model}, ${(memoryMiB / 1024).toFixed(1)} GiB${gpu}`],
  ];
}

function codeText({
  commit,
  branch,
  remote,
  dirty,
}: NonNullable<NonNullable<RunDescription['environment']>['source']>) {
  const at = commit === undefined ? 'before the first commit' : commit.slice(0, 10);
  const on = branch === undefined ? '' : ` on ${branch}`;
  return `${at}${on}${remote === undefined ? '' : ` of ${remote}`}${dirty ? ', with changes' : ''}`;
}

function printSettings({ settings }: RunDescription, all: boolean): void {
  const rows = Object.entries(settings).filter(([, { origin }]) => all || !['default', 'computed'].includes(origin));
  if (rows.length === 0) return;
  console.log('');
  const cells = rows.map(([key, { value, origin }]) => [key, formatValue(value), origin]);
  for (const line of formatTable(['setting', 'value', 'origin'], cells)) console.log(line);
}

function printMetrics({ summary: { metrics } }: RunDescription): void {
  const rows = sortMetrics(Object.keys(metrics)).map((name) => {
    const { last, min, max } = metrics[name] ?? {};
    return [name, ...[last, min, max].map(formatValue)];
  });
  if (rows.length === 0) return;
  console.log('');
  for (const line of formatTable(['metric', 'last', 'min', 'max'], rows)) console.log(line);
}
