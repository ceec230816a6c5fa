import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** A lock that has not been touched for so long, in ms, is nobody's. */
const STALE = 5 * 60_000;
const TOUCH = 5_000;

/**
 * Does work while holding a lock file, after whoever holds it now. The lock saves doing the same work twice; that nothing breaks
 * where it fails (two machines on a slow network disk) is the work's own affair.
 * @param onWait called once if another process holds the lock
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  onWait: (owner: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (let told = false; !take(file); told = true) {
    if (!told) onWait(ownerOf(file));
    await sleep(200, undefined, { signal });
  }
  const touch = setInterval(() => touchFile(file), TOUCH);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(file, { force: true });
  }
}

/** Whether a living process holds the lock. */
export function isHeld(file: string): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined || Date.now() - touched > STALE) return false;
  const owner = readOwner(file);
  return owner?.host !== hostname() || isAlive(owner.pid);
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ host: hostname(), pid: process.pid } satisfies Owner));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (isHeld(file)) return false;
  rmSync(file, { force: true });
  return take(file);
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    // Being written, or gone.
    return undefined;
  }
}

function ownerOf(file: string): string {
  const owner = readOwner(file);
  return owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function touchFile(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Taken away by hand: the work goes on without it.
  }
}
