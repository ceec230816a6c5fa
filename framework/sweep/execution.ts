import { ExitCode, UserError } from '../errors';
import { StopSignal } from '../experiment/lifecycle/stop-signal';
import { duration } from '../util/format';
import type { JobOutcome } from './job-outcome';
import { type JobState, readJob, runOf, writeJob } from './job-record';
import { JobRunner } from './job-runner';
import { runConcurrently } from './run-concurrently';
import { Plan } from './plan';
import { scoreOf } from './score';
import { requireMetric, summarizeSweep } from './summary';
import type { SweepContext, Sweep } from './sweep';
import type { SweepFolder } from './sweep-folder';
import { commandName } from '../util/command-name';

/** Outcome of a sweep. */
export interface SweepOutcome {
  readonly folder: SweepFolder;
  readonly exitCode: number;
}

/** One execution of a sweep: runs the remaining jobs until all are done, or a stop is requested. */
export class Execution {
  private readonly stop: StopSignal;
  private readonly runner: JobRunner;
  private readonly plan: Plan;
  /** True if the jobs were cancelled because no job has the metric. */
  private isCancelled = false;
  /** True once the missing metric was reported: concurrent jobs detect it one after the other. */
  private isMetricMissing = false;

  constructor(
    private readonly sweep: Sweep,
    private readonly context: SweepContext,
    private readonly folder: SweepFolder,
  ) {
    const { launcher, searcher } = sweep.container.settings;
    const isStopping = () => this.stop.requested || this.isCancelled;
    const { experiment } = sweep.request;
    const { chosen } = sweep.container;
    this.runner = new JobRunner({
      folder,
      launcher,
      chosen,
      experiment,
      exp: context.exp,
      isStopping,
      environment: context.environment,
    });
    this.plan = new Plan(folder, searcher, sweep.swept.space);
    const hint = context.signal ? '' : ' Press Ctrl-C again to exit without waiting for them.';
    const onFirst = () => {
      context.monitor.log(`Stopping: the jobs save their checkpoints.${hint}`);
      void this.runner.cancel();
    };
    // The sweep's files are always up to date.
    this.stop = new StopSignal({ onFirst, onLast: () => undefined }, context.signal);
  }

  /** @param retry runs failed jobs again */
  async run(retry: boolean): Promise<SweepOutcome> {
    const { jobs } = this.sweep.container.settings;
    const remaining = await this.prepare(retry);
    const isOver = () => this.stop.requested;
    const { isJobArray } = this;
    // The launcher limits the concurrency of submitted jobs.
    const concurrency = isJobArray ? remaining.length : jobs;
    await this.stop.withSignalHandlers(async () => {
      if (isJobArray) await this.submitAll(remaining);
      await runConcurrently(concurrency, remaining, isOver, (number) => this.job(number));
    });
    const failed = this.numbers(['failed']).length;
    return { folder: this.folder, exitCode: this.stop.exitCode ?? (failed > 0 ? ExitCode.failed : ExitCode.ok) };
  }

  /** True if all jobs are submitted together, as an array. */
  private get isJobArray(): boolean {
    const { launcher, searcher } = this.sweep.container.settings;
    return launcher.hasJobArrays && !searcher.isAdaptive;
  }

  /** Passes the known results to the searcher. @returns the remaining jobs, running ones first */
  private async prepare(retry: boolean): Promise<number[]> {
    const { searcher, launcher } = this.sweep.container.settings;
    for (const number of retry ? this.numbers(['failed']) : []) {
      writeJob(this.folder, number, { ...readJob(this.folder, number), state: 'pending' });
    }
    const running = this.numbers(['running']);
    const remaining = [...running, ...this.numbers(['interrupted', 'pending'])];
    if (remaining.length === 0) return remaining;
    if (this.numbers(['completed']).length > 0) this.requireMetric();
    // Checks that they can be monitored from here before any other job is started.
    const handles = running.flatMap((number) => readJob(this.folder, number).handle ?? []);
    await Promise.all(handles.map((handle) => launcher.hasEnded(handle)));
    // An earlier execution may have ended between a job's submission and its release.
    await launcher.release(handles);
    await searcher.open({ space: this.sweep.swept.space, goal: this.sweep.objective.goal, folder: this.folder.path });
    for (const number of this.numbers(['completed', 'failed'])) await searcher.tell(number, this.score(number));
    return remaining;
  }

  /** Submits those of the jobs that are not submitted yet, as one array. */
  private async submitAll(numbers: readonly number[]): Promise<void> {
    const { jobs: maxConcurrent } = this.sweep.container.settings;
    const isOpen = await Promise.all(numbers.map((number) => this.runner.isOpen(number)));
    const open = numbers.filter((_, index) => isOpen[index]);
    const suggestions = await Promise.all(open.map((number) => this.plan.suggestion(number)));
    const jobs = open.map((number, index) => ({ number, settings: this.sweep.settingsOf(suggestions[index] ?? {}) }));
    await this.runner.submitAll(jobs, maxConcurrent);
    if (jobs.length > 0)
      this.context.monitor.log(`Submitted ${jobs.length} jobs; at most ${maxConcurrent} run at once.`);
  }

  private async job(number: number): Promise<void> {
    const { monitor } = this.context;
    const suggestion = await this.plan.suggestion(number);
    if (this.stop.requested) return;
    const settings = Object.entries(suggestion).map(([key, text]) => `${key}=${text}`);
    monitor.log(`Job ${number}: ${settings.join(' ')}`);
    const startedAt = performance.now();
    const outcome = await this.runner.run(number, this.sweep.settingsOf(suggestion));
    const elapsed = duration((performance.now() - startedAt) / 1000);
    monitor.log(`Job ${number}: ${this.describe(number, outcome)} after ${elapsed}`);
    if (outcome.state === 'completed' && this.score(number) === undefined) await this.checkMetric();
    if (outcome.state !== 'interrupted') await this.sweep.container.settings.searcher.tell(number, this.score(number));
  }

  /** Stops the sweep if no run has the metric. @throws UserError listing the available metrics; exit code 1, since jobs have run */
  private async checkMetric(): Promise<void> {
    try {
      this.requireMetric();
    } catch (error) {
      if (!this.isMetricMissing)
        this.context.monitor.log(`No run has a metric ${this.sweep.objective.metric}: no further job is started.`);
      this.isMetricMissing = true;
      // Otherwise the launcher would start the submitted jobs.
      if (this.isJobArray) await this.cancelAll();
      throw error instanceof UserError ? new UserError(error.message, { hints: error.hints }) : error;
    }
  }

  private requireMetric(): void {
    const resume = `${commandName()} sweep resume ${this.folder.id} --metric NAME`;
    requireMetric(summarizeSweep(this.folder), [`To resume the sweep with another metric: ${resume}`]);
  }

  private async cancelAll(): Promise<void> {
    this.isCancelled = true;
    await this.runner.cancel();
  }

  private describe(number: number, { state, error }: JobOutcome): string {
    const score = this.score(number);
    const described =
      state === 'completed' && score !== undefined ? `${this.sweep.objective.metric} ${score.toPrecision(4)}` : error;
    return described === undefined || described === '' ? state : `${state} (${described.split('\n')[0] ?? ''})`;
  }

  /** Score of a completed job. */
  private score(number: number): number | undefined {
    const job = readJob(this.folder, number);
    return job.state === 'completed' ? scoreOf(runOf(this.folder, job), this.sweep.objective) : undefined;
  }

  private numbers(states: readonly JobState[]): number[] {
    const all = Array.from({ length: this.sweep.total }, (_, number) => number);
    return all.filter((number) => states.includes(readJob(this.folder, number).state));
  }
}
