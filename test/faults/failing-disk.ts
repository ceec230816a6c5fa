import fs, { promises } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** What becomes of the call that a disk fails at, and of those after it. */
export type Fault =
  /** It fails; the disk is well afterwards. */
  | { readonly kind: 'error'; readonly code: string }
  /** It fails, and so does every later one: what is on the disk is what a process leaves that is killed there. */
  | { readonly kind: 'death' }
  /** A write takes half of its bytes, as a disk may that is about to be full. */
  | { readonly kind: 'short' };

const FUNCTIONS = ['open', 'rename', 'rm', 'mkdir', 'readFile', 'writeFile', 'stat'] as const;
const METHODS = ['write', 'sync', 'stat'] as const;

type Call = (...values: unknown[]) => Promise<unknown>;

/**
 * A file system that fails at its N-th call, as SQLite's tests have it: whoever goes through every N has seen every moment at which
 * something can go wrong. Calls of `node:fs/promises` count that concern a folder; the code under test is as it is.
 */
export class FailingDisk {
  /** How many calls there have been. */
  calls = 0;

  constructor(
    private readonly folder: string,
    private readonly failAt: number,
    private readonly fault: Fault,
  ) {}

  /** Whether the fault has happened. */
  get hasFailed(): boolean {
    return this.calls >= this.failAt;
  }

  /** Has the disk fail while work goes on. */
  async whileFailing<T>(work: () => Promise<T>): Promise<T> {
    const table = promises as unknown as Record<string, Call>;
    const real = Object.fromEntries(FUNCTIONS.map((name) => [name, table[name] as Call]));
    for (const [name, call] of Object.entries(real)) table[name] = (path, ...rest) => this.call(call, path, rest);
    try {
      return await work();
    } finally {
      Object.assign(fs.promises, real);
    }
  }

  private async call(call: Call, path: unknown, rest: unknown[]): Promise<unknown> {
    if (typeof path !== 'string' || !path.startsWith(this.folder)) return call(path, ...rest);
    this.count();
    const result = await call(path, ...rest);
    return isHandle(result) ? this.watched(result) : result;
  }

  private watched(handle: FileHandle): FileHandle {
    const table = handle as unknown as Record<string, Call>;
    for (const name of METHODS) {
      const real = (table[name] as Call).bind(handle);
      table[name] = async (...values) => {
        const isFault = this.count();
        return isFault && name === 'write' ? real(...halved(values)) : real(...values);
      };
    }
    return handle;
  }

  /** @returns whether this is the call that the fault is for, and it goes on otherwise */
  private count(): boolean {
    this.calls++;
    const { kind } = this.fault;
    if (this.calls < this.failAt || kind === 'short') return this.calls === this.failAt;
    if (kind === 'error' && this.calls > this.failAt) return false;
    const code = kind === 'error' ? this.fault.code : 'EIO';
    throw Object.assign(new Error(`${code}: the disk fails here`), { code });
  }
}

function isHandle(value: unknown): value is FileHandle {
  return typeof value === 'object' && value !== null && 'sync' in value && 'write' in value;
}

/** The arguments of a write of `length` bytes, of half as many. */
function halved([bytes, offset, length]: unknown[]): unknown[] {
  return [bytes, offset, Math.ceil(Number(length) / 2)];
}
