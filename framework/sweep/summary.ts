import { didYouMean } from '../util/nearest';
import { ExitCode, UserError } from '../errors';
import type { Suggestion } from '../kinds/searcher';
import { type MetricSummary, summarizeMetrics } from '../run/metric-summary';
import { isHeld } from '../util/lock';
import type { RunFolder } from '../run/run-folder';
import { recordedOutcome } from './job-outcome';
import { type JobRecord, type JobState, readJob, runOf } from './job-record';
import { type Objective, changedObjective } from './objective';
import { readPlan } from './plan';
import { valueOf } from './score';
import type { SweepFolder } from './sweep-folder';
import { readSweepRecord } from './sweep-record';

/** Summary of a job. */
export interface JobSummary {
  readonly number: number;
  readonly state: JobState;
  /** Swept settings of the job. */
  readonly settings: Suggestion;
  /** Folder of the run. */
  readonly run?: string;
  /** Values of the metric so far. */
  readonly metric?: MetricSummary;
  readonly error?: string;
}

/** Summary of a sweep. */
export interface SweepSummary {
  readonly sweep: string;
  readonly folder: string;
  readonly experiment: string;
  readonly objective: Objective;
  /** True if a process is running it. */
  readonly isRunning: boolean;
  /** Total number of jobs. */
  readonly total: number;
  /** Jobs whose settings are known. */
  readonly jobs: readonly JobSummary[];
  /** Names of all metrics of the runs. */
  readonly metrics: readonly string[];
  /** Number of the best completed job. */
  readonly best?: number;
}

/**
 * Summarizes the jobs of a sweep, and selects the best one.
 * @param changes to the recorded objective
 */
export function summarizeSweep(folder: SweepFolder, changes: Partial<Objective> = {}): SweepSummary {
  const { experiment, total, objective: own } = readSweepRecord(folder);
  const plan = readPlan(folder);
  const records = plan.map((_, number) => readJob(folder, number));
  const runs = records.map((record) => runOf(folder, record));
  const objective = changedObjective(own, changes, runs);
  const metricNames = new Set<string>();
  const jobs = records.map((record, number) => {
    const run = runs[number];
    const { state, error } = currentState(record, run);
    const metrics = run ? summarizeMetrics(run.metrics) : new Map<string, MetricSummary>();
    for (const name of metrics.keys()) metricNames.add(name);
    const metric = metrics.get(objective.metric);
    return {
      number,
      state,
      settings: plan[number] ?? {},
      ...(run && { run: run.path }),
      ...(metric && { metric }),
      ...(error && { error }),
    };
  });
  const best = bestOf(jobs, objective);
  const isRunning = isHeld(folder.lock);
  const names = { sweep: folder.id, folder: folder.path, experiment };
  const summary = { ...names, objective, isRunning, total, jobs, metrics: [...metricNames] };
  return best === undefined ? summary : { ...summary, best };
}

/** Current state of a job, including the outcome of a run that ended while no process managed the sweep. */
function currentState(record: JobRecord, run: RunFolder | undefined): Pick<JobRecord, 'state' | 'error'> {
  const outcome = record.state === 'running' ? recordedOutcome(run, record.startedAt) : undefined;
  // An interrupted run may be restarted by its launcher.
  return outcome && outcome.state !== 'interrupted' ? outcome : record;
}

/** Number of the completed job with the best value; the first of equal ones. */
function bestOf(jobs: readonly JobSummary[], objective: Objective): number | undefined {
  const sign = objective.goal === 'min' ? 1 : -1;
  const scored = jobs.flatMap(({ number, state, metric }) => {
    const value = valueOf(metric, objective);
    return state === 'completed' && value !== undefined ? [{ number, cost: sign * value }] : [];
  });
  return scored.sort((a, b) => a.cost - b.cost)[0]?.number;
}

/**
 * @param advice further hints
 * @throws UserError if runs have metrics, but none of this name
 */
export function requireMetric({ objective: { metric }, metrics }: SweepSummary, advice: readonly string[] = []): void {
  if (metrics.length === 0 || metrics.includes(metric)) return;
  throw new UserError(`No run of the sweep has a metric ${metric}.`, {
    hints: [didYouMean(metric, metrics, 'Metrics'), ...advice],
    exitCode: ExitCode.usage,
  });
}
