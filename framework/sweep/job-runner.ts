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

/** What the jobs of a sweep have in common. */
export interface JobContext {
  readonly folder: SweepFolder;
  readonly launcher: Launcher;
  /** The launcher's name and settings, for the runs' own records. */
  readonly chosen: { readonly launcher: string; readonly settings: readonly string[] };
  readonly experiment: string;
  /** The words that start `exp`. */
  readonly exp: readonly string[];
  /** Whether the sweep was asked to end. */
  readonly isStopping: () => boolean;
}

/** A job that is ready to be submitted. */
interface PreparedJob {
  readonly number: number;
  readonly run: RunFolder;
  readonly job: Job;
}

/** Runs jobs, each from wherever it stands: not begun, interrupted, killed, or still going on since an earlier life of the sweep. */
export class JobRunner {
  private readonly handles = new Set<string>();

  constructor(private readonly context: JobContext) {}

  /** Brings a job to its end and writes down how it ended. @param settings all of them, as `exp run` takes them */
  async run(number: number, settings: readonly string[]): Promise<JobOutcome> {
    const { folder } = this.context;
    const outcome = await this.outcome(number, settings);
    const { error: _, ...record } = readJob(folder, number);
    writeJob(folder, number, { ...record, ...outcome, endedAt: new Date().toISOString() });
    return outcome;
  }

  /** Asks every job that runs to save its state and end. */
  async cancel(): Promise<void> {
    await this.context.launcher.cancel([...this.handles]);
  }

  /**
   * Submits jobs together that have not begun, or were interrupted; each is brought to its end by `run`, as any other.
   * @param settings of each, all of them
   * @param atOnce how many may run at the same time
   */
  async submitAll(jobs: readonly { number: number; settings: readonly string[] }[], atOnce: number): Promise<void> {
    const { folder, launcher } = this.context;
    if (jobs.length === 0) return;
    const prepared = jobs.map(({ number, settings }) => this.prepare(number, readJob(folder, number), settings));
    const batch = { name: folder.id, jobs: prepared.map(({ job }) => job), atOnce, folder: folder.path };
    const handles = await launcher.submitAll(batch);
    for (const [index, each] of prepared.entries()) this.note(each, handles[index] ?? '');
    await launcher.release(handles);
    // The end may have been asked for meanwhile.
    if (this.context.isStopping()) await launcher.cancel(handles);
  }

  /** Whether a job is to be submitted: it has not begun, or ended before its work was done. */
  async isOpen(number: number): Promise<boolean> {
    const job = readJob(this.context.folder, number);
    return !(await this.isGoingOn(job)) && !this.done(job);
  }

  private async isGoingOn({ state, handle }: JobRecord): Promise<boolean> {
    return state === 'running' && handle !== undefined && !(await this.context.launcher.hasEnded(handle));
  }

  /** How a job ended whose work is done. */
  private done(job: JobRecord): JobOutcome | undefined {
    const outcome = job.state === 'pending' ? undefined : recordedOutcome(runOf(this.context.folder, job));
    return outcome?.state === 'interrupted' ? undefined : outcome;
  }

  private async outcome(number: number, settings: readonly string[]): Promise<JobOutcome> {
    const { folder } = this.context;
    const before = readJob(folder, number);
    if (await this.isGoingOn(before)) return this.watch(number, before);
    const earlier = this.done(before);
    if (earlier) return earlier;
    try {
      await this.start(number, before, settings);
    } catch (error) {
      return { state: 'failed', error: messageOf(error) };
    }
    return this.watch(number, readJob(folder, number));
  }

  /** Submits a job, writes down that it runs, and only then lets it. */
  private async start(number: number, before: JobRecord, settings: readonly string[]): Promise<void> {
    const { launcher } = this.context;
    const prepared = this.prepare(number, before, settings);
    const handle = await launcher.submit(prepared.job);
    this.note(prepared, handle);
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
      // Its run lies among those of the sweep, wherever that was resumed from.
      environment: { EXPLAB_RUNS: folder.runs },
      stdout: join(job, 'output.jsonl'),
      stderr: join(job, 'log.txt'),
      folder: job,
    };
    return { number, run, job: prepared };
  }

  /** Writes down that a job is its launcher's. */
  private note({ number, run }: PreparedJob, handle: string): void {
    const { folder, launcher, chosen } = this.context;
    const startedAt = new Date().toISOString();
    writeJob(folder, number, { state: 'running', run: relative(folder.runs, run.path), handle, startedAt });
    // How a process of this machine stands, its run tells by itself.
    if (launcher.takesBatches) writeSubmission(run, { ...chosen, handle, submittedAt: startedAt });
  }

  /** What `exp` is told: to go on where there is a checkpoint, or else to begin. */
  private args(number: number, before: JobRecord, settings: readonly string[]): { run: RunFolder; args: string[] } {
    const { folder, experiment } = this.context;
    const earlier = runOf(folder, before);
    if (earlier && savedSteps(earlier.checkpoints).length > 0) return { run: earlier, args: ['resume', earlier.path] };
    // A folder that no run has begun in is as good as a new one.
    const isFree = earlier && existsSync(earlier.path) && !existsSync(earlier.record);
    const run = isFree ? earlier : RunFolder.create(folder.runs, experiment, new Date(), `job${number}`);
    return { run, args: ['run', experiment, '--id', run.id, '--submitted', ...settings] };
  }

  /** Waits until a job has ended. */
  private async watch(number: number, record: JobRecord): Promise<JobOutcome> {
    const { folder, launcher, isStopping } = this.context;
    const { handle = '', startedAt } = record;
    this.handles.add(handle);
    // The end may have been asked for while the job was being started.
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
    // What was cancelled before it began is none that failed.
    const isCancelled = isStopping() || status.exitReason === 'CANCELLED' || !existsSync(log);
    return isCancelled ? { state: 'interrupted' } : unrecordedOutcome(run, log);
  }
}
