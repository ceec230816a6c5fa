import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Identifies this acquisition of the lock; locks of earlier versions have none. */
  readonly token?: string;
}

/** Age in ms at which an untouched lock is stale. */
const STALE_MILLISECONDS = 5 * 60_000;
const TOUCH_INTERVAL_MILLISECONDS = 5_000;

/**
 * Runs work while holding a lock file, waiting for the current owner. The lock only avoids duplicate work; the work itself must be
 * safe if the lock fails (two machines on a slow network disk).
 * @param onWait called once if another process holds the lock
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  onWait: (owner: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const own: Owner = { host: hostname(), pid: process.pid, token: randomUUID() };
  for (let isReported = false; !acquire(file, own); isReported = true) {
    if (!isReported) onWait(describeOwner(file));
    await sleep(200, undefined, { signal });
  }
  const touch = setInterval(() => touchFile(file), TOUCH_INTERVAL_MILLISECONDS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    // Another process may have found it stale and taken it over.
    if (readOwner(file)?.token === own.token) rmSync(file, { force: true });
  }
}

/** Whether a living process holds the lock. */
export function isHeld(file: string): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined || Date.now() - touched > STALE_MILLISECONDS) return false;
  const owner = readOwner(file);
  return owner?.host !== hostname() || isAlive(owner.pid);
}

function acquire(file: string, own: Owner): boolean {
  if (create(file, own)) return true;
  // Read the token before checking for staleness: the lock may have a new, living owner by then.
  const token = tokenOf(file);
  return !isHeld(file) && takeOver(file, own, token);
}

/**
 * Takes a lock over from a dead process. The lock is never removed first, since it might have a new owner by then: of several processes
 * that find it dead, one creates the claim file named after the dead owner's token and renames it over the lock. A process that dies in
 * between leaves a claim, which is taken over in the same way.
 */
function takeOver(file: string, own: Owner, dead: string | undefined): boolean {
  const deadClaims: string[] = [];
  for (let last = dead; last !== undefined; last = tokenOf(deadClaims.at(-1) ?? file)) {
    const claim = `${file}.${last}`;
    if (create(claim, own)) return replaceLock(file, claim, dead, deadClaims);
    if (isHeld(claim)) return false;
    deadClaims.push(claim);
  }
  return false;
}

/** Replaces the lock by a claim, unless another process has taken the lock over in the meantime and removed its claim. */
function replaceLock(file: string, claim: string, dead: string | undefined, deadClaims: readonly string[]): boolean {
  const isUnchanged = tokenOf(file) === dead;
  if (isUnchanged) renameSync(claim, file);
  for (const each of isUnchanged ? deadClaims : [claim]) rmSync(each, { force: true });
  return isUnchanged;
}

/** @returns whether the file was created; false if it exists */
function create(file: string, owner: Owner): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify(owner));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Token of the owner of a lock or claim; undefined if the file does not exist. */
function tokenOf(file: string): string | undefined {
  const owner = readOwner(file);
  // A process killed while writing it leaves no owner.
  const inode = statSync(file, { throwIfNoEntry: false })?.ino;
  return inode === undefined ? undefined : String(owner?.token ?? owner?.pid ?? inode).replaceAll(/[^\w-]/g, '');
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    // Being written, or removed.
    return undefined;
  }
}

function describeOwner(file: string): string {
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
    // Removed by hand: the work continues without it.
  }
}
