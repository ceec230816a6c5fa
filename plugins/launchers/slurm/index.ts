import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Job, type JobArray, Launcher, type JobStatus, type Suggestion, UserError, option } from 'explab';
import { SlurmError, slurm } from './client';
import { Queue } from './queue';
import { arrayScriptOf, jobFileOf, scriptOf } from './script';
import { SlurmSettings, checkSettings, workersOf } from './settings';

export { SlurmSettings } from './settings';

/** Array size limit if Slurm does not report its own. */
const DEFAULT_MAX_ARRAY_SIZE = 1000;

/**
 * Slurm jobs, singly or as arrays. A job that is preempted, or reaches its time limit, saves and requeues itself.
 * https://slurm.schedmd.com/sbatch.html, https://slurm.schedmd.com/job_array.html
 */
@option(Launcher, 'Slurm', SlurmSettings)
export class SlurmLauncher extends Launcher {
  override readonly pollSeconds = 2;
  override readonly hasJobArrays = true;
  override readonly needsMpi: boolean;
  private readonly queue = new Queue();

  constructor(private readonly settings: SlurmSettings) {
    super();
    this.needsMpi = workersOf(settings) > 1 && settings.mpi === undefined;
  }

  override get defaults(): Suggestion {
    const { cpus } = this.settings;
    return cpus === undefined ? {} : { threads: String(cpus) };
  }

  /** Checks with Slurm whether it would accept such a job, without submitting one. */
  override async check(): Promise<void> {
    checkSettings(this.settings);
    const dummyJob = { name: 'check', command: ['true'], environment: {}, stdout: '/dev/null', stderr: '/dev/null' };
    try {
      await slurm('sbatch', ['--test-only'], scriptOf(this.settings, { ...dummyJob, folder: '/tmp' }));
    } catch (error) {
      throw await rejectionError(error);
    }
  }

  override describe({ jobs, ...array }: JobArray): string {
    const [first, ...others] = jobs;
    if (first && others.length === 0) return scriptOf(this.settings, first);
    const script = arrayScriptOf(this.settings, { ...array, jobs });
    return first ? `${script}\n# ${join(first.folder, 'job.sh')}\n${jobFileOf(first)}` : script;
  }

  submit(job: Job): Promise<string> {
    return submitHeld(join(job.folder, 'job.sh'), scriptOf(this.settings, job));
  }

  override async submitAll(array: JobArray): Promise<string[]> {
    const { jobs, folder } = array;
    for (const job of jobs) writeFileSync(join(job.folder, 'job.sh'), jobFileOf(job));
    const size = await queryMaxArraySize();
    const handles: string[] = [];
    let previous: string | undefined;
    for (let from = 0; from < jobs.length; from += size) {
      const part = jobs.slice(from, from + size);
      const file = join(folder, from === 0 ? 'job.sh' : `job-${from}.sh`);
      // Each array starts when the previous one has ended, so that together they respect the concurrency limit.
      const args = previous === undefined ? [] : [`--dependency=afterany:${previous}`];
      previous = await submitHeld(file, arrayScriptOf(this.settings, { ...array, jobs: part }), args);
      handles.push(...part.map((_, index) => `${previous ?? ''}_${index}`));
    }
    return handles;
  }

  async release(handles: readonly string[]): Promise<void> {
    // An array is released as a whole, as it was submitted.
    const ids = new Set(handles.map((handle) => handle.split('_')[0] ?? ''));
    for (const id of ids)
      await ignoringErrors(/pending|completing|invalid job|finished/i, slurm('scontrol', ['release', id]));
  }

  status(handle: string): Promise<JobStatus> {
    return this.queue.status(handle);
  }

  async cancel(handles: readonly string[]): Promise<void> {
    if (handles.length === 0) return;
    // Pending jobs first, so that none starts in the meantime.
    await scancel(['--state=PENDING', ...handles]);
    await scancel(['--state=RUNNING', '--signal=USR1', '--batch', ...handles]);
  }
}

/** Writes a script and submits it on hold. @returns the job id */
async function submitHeld(file: string, script: string, args: readonly string[] = []): Promise<string> {
  writeFileSync(file, script);
  try {
    const { stdout } = await slurm('sbatch', ['--parsable', '--hold', ...args, file]);
    // With several clusters, the cluster name follows the id.
    return stdout.trim().split(';')[0] ?? '';
  } catch (error) {
    throw await rejectionError(error);
  }
}

/** Runs scancel; jobs that have ended, or are in another state, are not an error. */
async function scancel(args: readonly string[]): Promise<void> {
  try {
    await slurm('scancel', ['--quiet', ...args]);
  } catch (error) {
    if (/not installed|does not answer/.test((error as Error).message)) throw error;
  }
}

/** @param harmless Slurm's messages about jobs that have started or ended */
async function ignoringErrors(harmless: RegExp, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!harmless.test((error as Error).message)) throw error;
  }
}

async function queryMaxArraySize(): Promise<number> {
  const { stdout } = await slurm('scontrol', ['show', 'config']);
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(stdout) ?? [];
  // Array indices must be below MaxArraySize.
  return size === undefined ? DEFAULT_MAX_ARRAY_SIZE : Math.max(1, Number(size) - 1);
}

/** Error for a rejected job, with the cluster's partitions as a hint. */
async function rejectionError(error: unknown): Promise<unknown> {
  if (!(error instanceof SlurmError) || error.hints.length > 0) return error;
  const hints = [
    ...(await availablePartitions()),
    'Change settings with --set launcher.KEY=VALUE; exp list Slurm shows the keys.',
  ];
  return new UserError(`Slurm rejects the job: ${error.message}`, { hints, exitCode: 2 });
}

async function availablePartitions(): Promise<string[]> {
  try {
    const format = '%R: %D nodes, %c CPUs and %m MiB each, GPUs %G, time %l, features %f';
    const { stdout } = await slurm('sinfo', ['--noheader', `--format=${format}`]);
    return [
      'Available partitions:',
      ...stdout
        .replaceAll('(null)', 'none')
        .trim()
        .split('\n')
        .slice(0, 20)
        .map((line) => `  ${line}`),
    ];
  } catch {
    return [];
  }
}
