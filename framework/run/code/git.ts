import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/** How long one command of git's may take, in ms: a record is not worth a run that does not begin. */
const TIMEOUT_MILLISECONDS = 30_000;

/** Settings that keep the user's own from changing what git prints. */
const PLAIN = ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false', '-c', 'diff.noprefix=false'];

/** A git repository's folder, with variables that its commands get. */
export class Git {
  constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  /** The same repository with another index, which may be changed at will. */
  with(environment: Readonly<Record<string, string>>): Git {
    return new Git(this.folder, { ...this.environment, ...environment });
  }

  /**
   * What a command prints, without the line break at its end.
   * @param input what it reads
   * @throws Error with what git says
   */
  async run(args: readonly string[], input = ''): Promise<string> {
    const child = this.spawn(args, 'pipe');
    child.stdin?.on('error', () => undefined).end(input);
    const [stdout] = await Promise.all([child.stdout ? text(child.stdout) : '', ended(child, args)]);
    return stdout.replace(/\n$/, '');
  }

  /** The same where a failure is an answer: nothing. */
  async ask(args: readonly string[]): Promise<string | undefined> {
    return this.run(args).catch(() => undefined);
  }

  /** Names that a command prints with `-z`. */
  async names(args: readonly string[], input?: string): Promise<string[]> {
    return (await this.run(args, input)).split('\0').filter(Boolean);
  }

  /** Writes what a command prints, whatever its bytes, to a file. */
  async write(args: readonly string[], file: string): Promise<void> {
    const descriptor = openSync(file, 'w');
    try {
      const child = this.spawn(args, descriptor);
      child.stdin?.end();
      await ended(child, args);
    } finally {
      closeSync(descriptor);
    }
  }

  private spawn(args: readonly string[], stdout: 'pipe' | number) {
    return spawn('git', [...PLAIN, ...args], {
      cwd: this.folder,
      // Reading takes no locks, so that nothing gets in the way of the user's own git.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...this.environment },
      stdio: ['pipe', stdout, 'pipe'],
      timeout: TIMEOUT_MILLISECONDS,
    });
  }
}

async function ended(child: ReturnType<typeof spawn>, args: readonly string[]): Promise<void> {
  const said = child.stderr ? text(child.stderr) : '';
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`git ${args[0] ?? ''}: ${(await said).trim() || 'it took too long'}`);
}
