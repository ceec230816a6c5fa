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

/** A job as it is shown. */
export interface JobSummary {
  readonly number: number;
  readonly state: JobState;
  /** The settings that differ from job to job. */
  readonly settings: Suggestion;
  /** The run's folder. */
  readonly run?: string;
  /** How the metric went so far. */
  readonly metric?: MetricSummary;
  readonly error?: string;
}

/** A sweep as it is shown. */
export interface SweepSummary {
  readonly sweep: string;
  readonly folder: string;
  readonly experiment: string;
  readonly objective: Objective;
  /** Whether a process is running it. */
  readonly isRunning: boolean;
  /** How many jobs there will be. */
  readonly total: number;
  /** The jobs whose settings are known. */
  readonly jobs: readonly JobSummary[];
  /** The names of all metrics that the runs have. */
  readonly metrics: readonly string[];
  /** The number of the best completed job. */
  readonly best?: number;
}

/**
 * How the jobs of a sweep stand, and which is the best.
 * @param asked what counts, where that is other than what the sweep was told
 */
export function summarizeSweep(folder: SweepFolder, asked: Partial<Objective> = {}): SweepSummary {
  const { experiment, total, objective: own } = readSweepRecord(folder);
  const plan = readPlan(folder);
  const records = plan.map((_, number) => readJob(folder, number));
  const runs = records.map((record) => runOf(folder, record));
  const objective = changedObjective(own, asked, runs);
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

/** How a job stands: one that nobody has looked after since its run came to an end stands as that does. */
function currentState(record: JobRecord, run: RunFolder | undefined): Pick<JobRecord, 'state' | 'error'> {
  const outcome = record.state === 'running' ? recordedOutcome(run, record.startedAt) : undefined;
  // What is interrupted may go on by itself.
  return outcome && outcome.state !== 'interrupted' ? outcome : record;
}

/** The number of the completed job with the best value; of equals the first. */
function bestOf(jobs: readonly JobSummary[], objective: Objective): number | undefined {
  const sign = objective.goal === 'min' ? 1 : -1;
  const scored = jobs.flatMap(({ number, state, metric }) => {
    const value = valueOf(metric, objective);
    return state === 'completed' && value !== undefined ? [{ number, cost: sign * value }] : [];
  });
  return scored.sort((a, b) => a.cost - b.cost)[0]?.number;
}

/**
 * @param advice what to do about it, beside taking another name
 * @throws UserError where runs have metrics, but none of that name
 */
export function requireMetric({ objective: { metric }, metrics }: SweepSummary, advice: readonly string[] = []): void {
  if (metrics.length === 0 || metrics.includes(metric)) return;
  throw new UserError(`No run of the sweep has a metric ${metric}.`, {
    hints: [didYouMean(metric, metrics, 'Metrics'), ...advice],
    exitCode: ExitCode.usage,
  });
}
