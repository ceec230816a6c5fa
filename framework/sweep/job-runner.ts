import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { savedSteps } from '../checkpoint/checkpoint-folder';
import { messageOf } from '../errors';
import type { Job, Launcher } from '../kinds/launcher';
import { RunFolder } from '../run/run-folder';
import { writeSubmission } from '../run/status/submission';
import { type JobOutcome, recordedOutcome, unrecordedOutcome } from './job-outcome';
import { type JobRecord, readJob, runOf, writeJob } from './job-record';
import type { SweepFolder } from './sweep-folder';

/** Context shared by the jobs of a sweep. */
export interface JobContext {
  readonly folder: SweepFolder;
  readonly launcher: Launcher;
  /** The launcher's name and settings, for the runs' own records. */
  readonly chosen: { readonly launcher: string; readonly settings: readonly string[] };
  readonly experiment: string;
  /** Command line that starts `exp`. */
  readonly exp: readonly string[];
  /** True once the sweep was asked to stop. */
  readonly isStopping: () => boolean;
  /** Further environment variables of the jobs. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A job that is ready to be submitted. */
interface PreparedJob {
  readonly number: number;
  readonly run: RunFolder;
  readonly job: Job;
}

/** Runs jobs from any state: pending, interrupted, killed, or still running since an earlier execution of the sweep. */
export class JobRunner {
  private readonly handles = new Set<string>();

  constructor(private readonly context: JobContext) {}

  /** Runs a job to its end and records the outcome. @param settings all of them, as arguments of `exp run` */
  async run(number: number, settings: readonly string[]): Promise<JobOutcome> {
    const { folder } = this.context;
    const outcome = await this.outcome(number, settings);
    const { error: _, ...record } = readJob(folder, number);
    writeJob(folder, number, { ...record, ...outcome, endedAt: new Date().toISOString() });
    return outcome;
  }

  /** Asks every running job to save its state and end. */
  async cancel(): Promise<void> {
    await this.context.launcher.cancel([...this.handles]);
  }

  /**
   * Submits pending or interrupted jobs as one array; `run` then awaits each of them.
   * @param jobs with all of their settings
   * @param maxConcurrent maximum number of concurrent jobs
   */
  async submitAll(
    jobs: readonly { number: number; settings: readonly string[] }[],
    maxConcurrent: number,
  ): Promise<void> {
    const { folder, launcher } = this.context;
    if (jobs.length === 0) return;
    const prepared = jobs.map(({ number, settings }) => this.prepare(number, readJob(folder, number), settings));
    const array = { name: folder.id, jobs: prepared.map(({ job }) => job), maxConcurrent, folder: folder.path };
    const handles = await launcher.submitAll(array);
    for (const [index, each] of prepared.entries()) this.recordSubmission(each, handles[index] ?? '');
    await launcher.release(handles);
    // A stop may have been requested in the meantime.
    if (this.context.isStopping()) await launcher.cancel(handles);
  }

  /** True if a job must be submitted: it has not started, or ended before its run was complete. */
  async isOpen(number: number): Promise<boolean> {
    const job = readJob(this.context.folder, number);
    return !(await this.isRunning(job)) && !this.finalOutcome(job);
  }

  private async isRunning({ state, handle }: JobRecord): Promise<boolean> {
    return state === 'running' && handle !== undefined && !(await this.context.launcher.hasEnded(handle));
  }

  /** Outcome of a completed or failed job; undefined if it can continue. */
  private finalOutcome(job: JobRecord): JobOutcome | undefined {
    const outcome = job.state === 'pending' ? undefined : recordedOutcome(runOf(this.context.folder, job));
    return outcome?.state === 'interrupted' ? undefined : outcome;
  }

  private async outcome(number: number, settings: readonly string[]): Promise<JobOutcome> {
    const { folder } = this.context;
    const before = readJob(folder, number);
    if (await this.isRunning(before)) return this.watch(number, before);
    const earlier = this.finalOutcome(before);
    if (earlier) return earlier;
    try {
      await this.start(number, before, settings);
    } catch (error) {
      return { state: 'failed', error: messageOf(error) };
    }
    return this.watch(number, readJob(folder, number));
  }

  /** Submits a job, records its submission, and only then releases it. */
  private async start(number: number, before: JobRecord, settings: readonly string[]): Promise<void> {
    const { launcher } = this.context;
    const prepared = this.prepare(number, before, settings);
    const handle = await launcher.submit(prepared.job);
    this.recordSubmission(prepared, handle);
    await launcher.release([handle]);
  }

  private prepare(number: number, before: JobRecord, settings: readonly string[]): PreparedJob {
    const { folder, exp } = this.context;
    const { run, args: commandLine } = this.args(number, before, settings);
    const job = folder.job(number);
    mkdirSync(job, { recursive: true });
    const prepared = {
      name: `${folder.id}-${number}`,
      command: [...exp, ...commandLine, '--json'],
      resume: [...exp, 'resume', run.path, '--json'],
      checkpoints: run.checkpoints,
      // The run belongs to the sweep's folder of runs, regardless of the working folder of this process.
      environment: { ...this.context.environment, EXPLAB_RUNS: folder.runs },
      stdout: join(job, 'output.jsonl'),
      stderr: join(job, 'log.txt'),
      folder: job,
    };
    return { number, run, job: prepared };
  }

  /** Records that a job was submitted. */
  private recordSubmission({ number, run }: PreparedJob, handle: string): void {
    const { folder, launcher, chosen } = this.context;
    const startedAt = new Date().toISOString();
    writeJob(folder, number, { state: 'running', run: relative(folder.runs, run.path), handle, startedAt });
    // The run of a local process records its own status.
    if (launcher.hasJobArrays) writeSubmission(run, { ...chosen, handle, submittedAt: startedAt });
  }

  /** Arguments of `exp`: to resume if there is a checkpoint, otherwise to start. */
  private args(number: number, before: JobRecord, settings: readonly string[]): { run: RunFolder; args: string[] } {
    const { folder, experiment } = this.context;
    const earlier = runOf(folder, before);
    if (earlier && savedSteps(earlier.checkpoints).length > 0) return { run: earlier, args: ['resume', earlier.path] };
    // The folder of a run that never started is reused.
    const isUnused = earlier && existsSync(earlier.path) && !existsSync(earlier.record);
    const run = isUnused ? earlier : RunFolder.create(folder.runs, experiment, new Date(), `job${number}`);
    return { run, args: ['run', experiment, '--id', run.id, '--submitted', ...settings] };
  }

  /** Waits until a job has ended. */
  private async watch(number: number, record: JobRecord): Promise<JobOutcome> {
    const { folder, launcher, isStopping } = this.context;
    const { handle = '', startedAt } = record;
    this.handles.add(handle);
    // A stop may have been requested while the job was being started.
    if (isStopping()) await launcher.cancel([handle]);
    let status = await launcher.status(handle);
    while (status.state !== 'ended') {
      await sleep(launcher.pollSeconds * 1000);
      status = await launcher.status(handle);
    }
    this.handles.delete(handle);
    const run = runOf(folder, record);
    const recorded = recordedOutcome(run, startedAt);
    if (recorded) return recorded;
    const log = join(folder.job(number), 'log.txt');
    // A job that was cancelled before it started has not failed.
    const isCancelled = isStopping() || status.exitReason === 'CANCELLED' || !existsSync(log);
    return isCancelled ? { state: 'interrupted' } : unrecordedOutcome(run, log);
  }
}
