import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type SearchSpace, UserError } from 'explab';

/** Definition of a study. */
export interface StudyOptions {
  /** SQLite file of the study. */
  readonly storage: string;
  readonly direction: 'minimize' | 'maximize';
  readonly space: SearchSpace;
  readonly sampler: string;
  readonly seed: number;
  /** Number of random trials before the sampler uses results. */
  readonly startup: number;
}

interface PendingRequest {
  readonly resolve: (answer: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}

/** An Optuna study in a Python process, controlled by lines of JSON. The process ends on `close`, or when this process dies. */
export class Study {
  private readonly pending: PendingRequest[] = [];
  private stderr = '';
  private hasEnded = false;

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, Readable>) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    createInterface(child.stdout).on('line', (line) => this.pending.shift()?.resolve(parse(line)));
    // Errors of writing to a process that has ended are reported by its `close` event.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.end(error.message)).on('close', () => this.end(this.stderr));
  }

  /** @param python interpreter that has Optuna @throws UserError with the end of Python's output */
  static async open(python: string, options: StudyOptions): Promise<Study> {
    const child = spawn(python, ['-I', join(__dirname, 'study.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
    const study = new Study(child);
    await study.request(options);
    return study;
  }

  /** Settings of a trial. @param trial its number: requested in order, and possibly again */
  ask(trial: number): Promise<Readonly<Record<string, unknown>>> {
    return this.request({ ask: trial });
  }

  /** @param value undefined if the trial failed */
  async tell(trial: number, value: number | undefined): Promise<void> {
    await this.request({ tell: trial, value: value ?? null });
  }

  close(): void {
    this.child.stdin.end();
  }

  private request(message: object): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
      if (this.hasEnded) this.end(this.stderr);
      else this.child.stdin.write(`${JSON.stringify(message)}\n`);
    });
  }

  /** Rejects all pending requests. */
  private end(reason: string): void {
    this.hasEnded = true;
    const last = reason.trim().split('\n').slice(-3);
    const error = new UserError('The Optuna process ended unexpectedly.', { hints: last.filter(Boolean) });
    for (const { reject } of this.pending.splice(0)) reject(error);
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}
