import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { REGISTER } from './typescript';

const CHILD = join(__dirname, '../framework/run/attempt-child.ts');

/** What a process did at the word to go. */
export interface Claim {
  /** The run folder that it made. */
  readonly made: string;
  /** The folder of its attempt at the run. */
  readonly claimed?: string;
  /** The number of the dead process that it took the run over from. */
  readonly takenOver?: number;
  /** Why it got no attempt. */
  readonly refused?: string;
}

/** A process that makes a run folder and claims a run when it is told to, and then stays. */
export class Claimant {
  private readonly lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error('the child has no standard output');
    this.lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** Starts one, and waits until it is ready. */
  static async start(root: string, run: string): Promise<Claimant> {
    const args = ['-r', REGISTER, CHILD, root, run];
    const claimant = new Claimant(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await claimant.lines.next();
    return claimant;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async go(): Promise<Claim> {
    this.child.stdin?.write('go\n');
    return JSON.parse(((await this.lines.next()) as { value: string }).value) as Claim;
  }

  /** Kills it, as a machine that is out of memory does. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
