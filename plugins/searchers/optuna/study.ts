import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type SearchSpace, UserError } from 'explab';

/** What a study is. */
export interface StudyOptions {
  /** The SQLite file that keeps it. */
  readonly storage: string;
  readonly direction: 'minimize' | 'maximize';
  readonly space: SearchSpace;
  readonly sampler: string;
  readonly seed: number;
  /** Trials at random before the sampler learns. */
  readonly startup: number;
}

interface Waiting {
  readonly resolve: (answer: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}

/** A study of Optuna's, in a Python process that is asked and told by lines of JSON. It ends when it is closed, or when we die. */
export class Study {
  private readonly waiting: Waiting[] = [];
  private complaints = '';
  private hasEnded = false;

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, Readable>) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    createInterface(child.stdout).on('line', (line) => this.waiting.shift()?.resolve(parse(line)));
    // What is written to a process that has ended is told by its end.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.end(error.message)).on('close', () => this.end(this.complaints));
  }

  /** @param python one that has Optuna @throws UserError with Python's last words */
  static async open(python: string, options: StudyOptions): Promise<Study> {
    const child = spawn(python, ['-I', join(__dirname, 'study.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
    const study = new Study(child);
    await study.request(options);
    return study;
  }

  /** The settings of a trial. @param trial its number; they are asked for in order, and may be asked for again */
  ask(trial: number): Promise<Readonly<Record<string, unknown>>> {
    return this.request({ ask: trial });
  }

  /** @param value nothing where the trial failed */
  async tell(trial: number, value: number | undefined): Promise<void> {
    await this.request({ tell: trial, value: value ?? null });
  }

  close(): void {
    this.child.stdin.end();
  }

  private request(message: object): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.hasEnded) this.end(this.complaints);
      else this.child.stdin.write(`${JSON.stringify(message)}\n`);
    });
  }

  /** Nobody will be answered any more. */
  private end(reason: string): void {
    this.hasEnded = true;
    const last = reason.trim().split('\n').slice(-3);
    const error = new UserError('Optuna has ended unexpectedly.', { hints: last.filter(Boolean) });
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}
