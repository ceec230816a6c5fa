import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

export interface ChildOptions {
  readonly cwd?: string;
  /** Variables beside those of this process; one that is undefined is taken away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A file that gets the command and all it prints. */
  readonly log?: string;
  /** A program that takes longer is killed. */
  readonly limitSeconds?: number;
  /** Kills the program and all that it started. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface ChildResult {
  /** The exit code, or nothing where a signal ended it or it could not be started. */
  readonly code: number | undefined;
  /** The signal that ended it. */
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  /** What it printed on either stream, in the order of arrival, or why it could not be started. */
  readonly output: string;
}

/** Runs a program with its output captured. Never rejects: how it ended is in the result. */
export async function run(command: string, args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const { cwd, environment, log, signal, limitSeconds } = options;
  note(log, `\n$ ${[command, ...args].join(' ')}\n`);
  const stdout: Buffer[] = [];
  const output: Buffer[] = [];
  const keep = (chunk: Buffer): void => {
    output.push(chunk);
    note(log, chunk);
  };
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();

  return new Promise((resolve) => {
    // A group of its own, so that a kill reaches the compiler proper and not only its driver.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = (): void => killGroup(child.pid);
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted) kill();
    const giveUp = (): void => {
      keep(Buffer.from(`\nerror: it did not end within ${limitSeconds} s\n`));
      kill();
    };
    const timer = limitSeconds === undefined ? undefined : setTimeout(giveUp, limitSeconds * 1000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(error.message)));
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', kill);
      clearTimeout(timer);
      resolve({
        code: code !== null && code >= 0 ? code : undefined,
        killedBy: killedBy ?? undefined,
        stdout: text(stdout),
        output: text(output),
      });
    });
  });
}

function note(log: string | undefined, text: string | Buffer): void {
  if (!log) return;
  try {
    appendFileSync(log, text);
  } catch {
    // A full disk is the program's fault to tell; the log is only a help.
  }
}

/** Kills the processes of a group. @param pid of the process that leads it, where it could be started */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** What tells most of a failure: the first lines that speak of an error, or else the last lines. */
export function tellingLines(output: string, count: number): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  return errors.length > 0 ? errors.slice(0, count) : lines.slice(-count);
}
