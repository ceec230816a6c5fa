import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/** Timeout of a git command, so that recording the code does not block a run. */
const TIMEOUT_MILLISECONDS = 30_000;

/** Options that override the user's settings of git's output. */
const OUTPUT_OPTIONS = ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false', '-c', 'diff.noprefix=false'];

/** A git repository with environment variables for its commands. */
export class Git {
  constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  /** The same repository with additional environment variables. */
  with(environment: Readonly<Record<string, string>>): Git {
    return new Git(this.folder, { ...this.environment, ...environment });
  }

  /**
   * Runs a command and returns its output without the trailing line break.
   * @param input its standard input
   * @throws Error with git's message
   */
  async run(args: readonly string[], input = ''): Promise<string> {
    const child = this.spawn(args, 'pipe');
    child.stdin?.on('error', () => undefined).end(input);
    const [stdout] = await Promise.all([child.stdout ? text(child.stdout) : '', waitForExit(child, args)]);
    return stdout.replace(/\n$/, '');
  }

  /** Same as `run`, but returns undefined if the command fails. */
  async tryRun(args: readonly string[]): Promise<string | undefined> {
    return this.run(args).catch(() => undefined);
  }

  /** Runs a command with `-z` and returns the printed names. */
  async names(args: readonly string[], input?: string): Promise<string[]> {
    return (await this.run(args, input)).split('\0').filter(Boolean);
  }

  /** Writes the output of a command to a file, as raw bytes. */
  async write(args: readonly string[], file: string): Promise<void> {
    const descriptor = openSync(file, 'w');
    try {
      const child = this.spawn(args, descriptor);
      child.stdin?.end();
      await waitForExit(child, args);
    } finally {
      closeSync(descriptor);
    }
  }

  private spawn(args: readonly string[], stdout: 'pipe' | number) {
    return spawn('git', [...OUTPUT_OPTIONS, ...args], {
      cwd: this.folder,
      // Without optional locks, to not interfere with the user's git.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...this.environment },
      stdio: ['pipe', stdout, 'pipe'],
      timeout: TIMEOUT_MILLISECONDS,
    });
  }
}

async function waitForExit(child: ReturnType<typeof spawn>, args: readonly string[]): Promise<void> {
  const stderr = child.stderr ? text(child.stderr) : '';
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`git ${args[0] ?? ''}: ${(await stderr).trim() || 'timed out'}`);
}
