import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import {
  type Job,
  Launcher,
  type JobStatus,
  type Suggestion,
  UserError,
  identityOf,
  isAlive,
  option,
  optional,
  value,
} from 'explab';

/** Settings of jobs on this machine. */
export class LocalSettings {
  /** Number of threads per job; by default the cores are divided among the jobs. */
  threads = optional('number', { integer: true, min: 1, max: 127 });
  /** Number of concurrent jobs on the machine; the sweep's `jobs` by default. */
  jobs = value(1, { integer: true, min: 1 });
}

/** Waits for a line on stdin, so that a job whose sweep dies before recording its handle never starts. */
const WAIT_FOR_RELEASE = ['/bin/sh', '-c', 'read -r go && exec "$@"', 'sh'] as const;

/**
 * Processes on this machine. Each has its own session: neither Ctrl-C in the sweep's terminal nor the sweep's death reaches it.
 */
@option(Launcher, 'Local', LocalSettings)
export class LocalLauncher extends Launcher {
  private readonly held = new Map<string, ChildProcess>();

  constructor(private readonly settings: LocalSettings) {
    super();
  }

  override get defaults(): Suggestion {
    const { jobs, threads } = this.settings;
    // A single job uses TensorFlow's default.
    if (threads === undefined && jobs === 1) return {};
    return { threads: String(threads ?? Math.max(1, Math.floor(availableParallelism() / jobs))) };
  }

  async submit({ command, environment, stdout, stderr }: Job): Promise<string> {
    const files = [stdout, stderr].map((file) => openSync(file, 'a'));
    const [shell, ...script] = WAIT_FOR_RELEASE;
    const child = spawn(shell, [...script, ...command], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', ...files],
      detached: true,
    });
    for (const file of files) closeSync(file);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    // A job may be cancelled before it is released, and outlives this process.
    child.stdin?.on('error', () => undefined);
    child.unref();
    const { host, pid, start } = identityOf(child.pid ?? 0);
    const handle = [host, pid, start].join('/');
    this.held.set(handle, child);
    return handle;
  }

  release(handles: readonly string[]): void {
    for (const handle of handles) {
      this.held.get(handle)?.stdin?.end('go\n');
      this.held.delete(handle);
    }
  }

  status(handle: string): JobStatus {
    return { state: pidOf(handle) === undefined ? 'ended' : 'running' };
  }

  cancel(handles: readonly string[]): void {
    for (const handle of handles) interrupt(handle);
  }
}

function interrupt(handle: string): void {
  const pid = pidOf(handle);
  try {
    if (pid !== undefined) process.kill(pid, 'SIGINT');
  } catch (error) {
    // It may have ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Process id of a handle; undefined if the process has ended or its id was reused.
 * @throws UserError if it runs on another machine
 */
function pidOf(handle: string): number | undefined {
  const [host = '', pid, ...start] = handle.split('/');
  const alive = isAlive({ host, pid: Number(pid), start: start.join('/') });
  if (alive === undefined) {
    throw new UserError(`The job was started on ${host} and cannot be managed from ${hostname()}.`, {
      hints: [`Resume the sweep on ${host}.`],
    });
  }
  return alive ? Number(pid) : undefined;
}
