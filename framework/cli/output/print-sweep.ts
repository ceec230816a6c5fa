import type { Suggestion } from '../../kinds/searcher';
import type { SweepPlan } from '../../sweep/execute-sweep';
import type { SweepOutcome } from '../../sweep/execution';
import { type JobSummary, summarizeSweep, type SweepSummary } from '../../sweep/summary';
import { didYouMean } from '../../util/nearest';
import { displayPath } from '../../run/runs-folder';
import { formatTable } from '../../util/format';
import { commandName } from '../../util/command-name';

/** Prints the plan of a sweep. */
export function printPlan(plan: SweepPlan, json: boolean): void {
  if (json) {
    const { concurrency: jobsAtOnce, ...others } = plan;
    // The key that scripts rely on.
    console.log(JSON.stringify({ ...others, ['places']: jobsAtOnce }, null, 2));
    return;
  }
  const { total, jobs, concurrency, command } = plan;
  console.log(`${total} ${total === 1 ? 'job' : 'jobs'}, ${concurrency} at a time`);
  for (const job of jobs) console.log(`Job ${job.number}: ${job.command.join(' ')}`);
  if (plan.script !== undefined) console.log(`\n${plan.script}`);
  if (jobs.length < total) console.log(`Suggested as earlier jobs finish: ${command.join(' ')}`);
}

/** Prints the outcome of a sweep, and sets the exit code. */
export function finishSweep({ folder, exitCode }: SweepOutcome, json: boolean): void {
  process.exitCode = exitCode;
  const summary = summarizeSweep(folder);
  if (!json) console.log('');
  printSweep(summary, json);
}

/** Prints a table of the jobs of a sweep, and the best one. */
export function printSweep(summary: SweepSummary, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(summary, null, 2));
    return;
  }
  console.log(`Sweep ${summary.sweep} of ${summary.experiment}: ${progress(summary)}`);
  const rows = summary.jobs.map((job) => rowOf(job, summary));
  for (const line of [...formatTable(header(summary), rows), ...bestLines(summary), ...remarks(summary)])
    console.log(line);
}

function progress({ jobs, total }: SweepSummary): string {
  const states = new Map<string, number>([['pending', total - jobs.length]]);
  for (const { state } of jobs) states.set(state, (states.get(state) ?? 0) + 1);
  return [...states]
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function header({ jobs, objective: { metric, goal } }: SweepSummary): string[] {
  return ['job', ...Object.keys(jobs[0]?.settings ?? {}), 'status', metric, `${goal} ${metric}`, ''];
}

function rowOf(
  { number, settings, state, metric, error }: JobSummary,
  { objective: { goal } }: SweepSummary,
): string[] {
  const values = [metric?.last, metric?.[goal]].map((value) => value?.toPrecision(4) ?? '-');
  return [String(number), ...Object.values(settings).map(shorten), state, ...values, error?.split('\n')[0] ?? ''];
}

/** Rounds a number with more than four digits. */
function shorten(text: string): string {
  const number = Number(text);
  return text.length > 8 && Number.isFinite(number) ? String(Number(number.toPrecision(4))) : text;
}

function bestLines({ best: number, jobs, objective: { metric, goal, value } }: SweepSummary): string[] {
  const job = jobs.find((each) => each.number === number);
  if (!job) return [];
  const score = value === 'last' ? job.metric?.last : job.metric?.[goal];
  return [
    `Best: job ${job.number} with ${value === 'last' ? 'the last' : goal} ${metric} ${score?.toPrecision(4) ?? ''}`,
    `  ${textOf(job.settings)}`,
    `  ${displayPath(job.run ?? '')}`,
  ];
}

function textOf(settings: Suggestion): string {
  return Object.entries(settings)
    .map(([key, text]) => `${key}=${text}`)
    .join(' ');
}

/** Remarks, and next commands. */
function remarks({ sweep, jobs, total, isRunning, metrics, objective: { metric } }: SweepSummary): string[] {
  const done = jobs.filter(({ state }) => state === 'completed' || state === 'failed');
  const isMissing = metrics.length > 0 && !metrics.includes(metric);
  return [
    ...(isMissing ? [`No run has a metric ${metric}. ${didYouMean(metric, metrics, 'Metrics')}`] : []),
    ...(isRunning || done.length === total ? [] : [`Resume it:  ${commandName()} sweep resume ${sweep}`]),
    ...(!isRunning && jobs.some(({ state }) => state === 'failed')
      ? [`Rerun failed jobs:  ${commandName()} sweep resume ${sweep} --retry`]
      : []),
  ];
}
