import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

export interface ChildOptions {
  readonly cwd?: string;
  /** Variables in addition to those of this process; an undefined one is unset. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** File to which the command and its output are appended. */
  readonly log?: string;
  /** Timeout after which the program is killed. */
  readonly limitSeconds?: number;
  /** Kills the program and all its children when aborted. */
  readonly signal?: AbortSignal;
}

/** Result of a program that has ended. */
export interface ChildResult {
  /** Exit code; undefined if it was killed by a signal or could not be started. */
  readonly code: number | undefined;
  /** Signal that killed it, if any. */
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  /** Output of both streams in the order of arrival, or the reason why it could not be started. */
  readonly output: string;
}

/** Runs a program with its output captured. Never rejects: failures are part of the result. */
export async function run(command: string, args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const { cwd, environment, log, signal, limitSeconds } = options;
  appendLog(log, `\n$ ${[command, ...args].join(' ')}\n`);
  const stdout: Buffer[] = [];
  const output: Buffer[] = [];
  const record = (chunk: Buffer): void => {
    output.push(chunk);
    appendLog(log, chunk);
  };
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();

  return new Promise((resolve) => {
    // Its own process group, so that a kill reaches the compiler proper and not only its driver.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = (): void => killGroup(child.pid);
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted) kill();
    const killAfterTimeout = (): void => {
      record(Buffer.from(`\nerror: did not finish within ${limitSeconds} s\n`));
      kill();
    };
    const timer = limitSeconds === undefined ? undefined : setTimeout(killAfterTimeout, limitSeconds * 1000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stdout.on('data', record);
    child.stderr.on('data', record);
    child.on('error', (error) => record(Buffer.from(error.message)));
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

function appendLog(log: string | undefined, text: string | Buffer): void {
  if (!log) return;
  try {
    appendFileSync(log, text);
  } catch {
    // The program itself reports a full disk; the log is optional.
  }
}

/** Kills a process group. @param pid id of its leader; undefined if it could not be started */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already ended.
  }
}

/** The most informative lines of a failed program's output: the first ones that mention an error, otherwise the last ones. */
export function relevantLines(output: string, count: number): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  return errors.length > 0 ? errors.slice(0, count) : lines.slice(-count);
}
