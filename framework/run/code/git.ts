import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/** How long one command of git's may take, in ms: a record is not worth a run that does not begin. */
const PATIENCE = 30_000;

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
  async tell(words: readonly string[], input = ''): Promise<string> {
    const child = this.spawn(words, 'pipe');
    child.stdin?.on('error', () => undefined).end(input);
    const [told] = await Promise.all([child.stdout ? text(child.stdout) : '', ended(child, words)]);
    return told.replace(/\n$/, '');
  }

  /** The same where a failure is an answer: nothing. */
  async ask(words: readonly string[]): Promise<string | undefined> {
    return this.tell(words).catch(() => undefined);
  }

  /** Names that a command prints with `-z`. */
  async names(words: readonly string[], input?: string): Promise<string[]> {
    return (await this.tell(words, input)).split('\0').filter(Boolean);
  }

  /** Writes what a command prints, whatever its bytes, to a file. */
  async write(words: readonly string[], file: string): Promise<void> {
    const descriptor = openSync(file, 'w');
    try {
      const child = this.spawn(words, descriptor);
      child.stdin?.end();
      await ended(child, words);
    } finally {
      closeSync(descriptor);
    }
  }

  private spawn(words: readonly string[], stdout: 'pipe' | number) {
    return spawn('git', [...PLAIN, ...words], {
      cwd: this.folder,
      // Reading takes no locks, so that nothing gets in the way of the user's own git.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...this.environment },
      stdio: ['pipe', stdout, 'pipe'],
      timeout: PATIENCE,
    });
  }
}

async function ended(child: ReturnType<typeof spawn>, words: readonly string[]): Promise<void> {
  const said = child.stderr ? text(child.stderr) : '';
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`git ${words[0] ?? ''}: ${(await said).trim() || 'it took too long'}`);
}
