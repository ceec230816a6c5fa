import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells this turn at the lock from every other; locks of earlier versions have none. */
  readonly token?: string;
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
  const own: Owner = { host: hostname(), pid: process.pid, token: randomUUID() };
  for (let isReported = false; !take(file, own); isReported = true) {
    if (!isReported) onWait(ownerOf(file));
    await sleep(200, undefined, { signal });
  }
  const touch = setInterval(() => touchFile(file), TOUCH);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    // Whoever found it untouched for long has taken it over.
    if (readOwner(file)?.token === own.token) rmSync(file, { force: true });
  }
}

/** Whether a living process holds the lock. */
export function isHeld(file: string): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined || Date.now() - touched > STALE) return false;
  const owner = readOwner(file);
  return owner?.host !== hostname() || isAlive(owner.pid);
}

function take(file: string, own: Owner): boolean {
  if (create(file, own)) return true;
  // Whose turn it is, before whether that is over: by then it may be another's, which is not.
  const turn = turnOf(file);
  return !isHeld(file) && takeOver(file, own, turn);
}

/**
 * Takes a lock over from a dead process. It is never removed first, since by then it might be somebody else's: of several that find it
 * dead, one makes the claim that is named after the dead one's turn, and renames it over the lock. A process that dies in between leaves
 * a claim, which is taken over in the same way.
 */
function takeOver(file: string, own: Owner, dead: string | undefined): boolean {
  const left: string[] = [];
  for (let last = dead; last !== undefined; last = turnOf(left.at(-1) ?? file)) {
    const claim = `${file}.${last}`;
    if (create(claim, own)) return succeed(file, claim, dead, left);
    if (isHeld(claim)) return false;
    left.push(claim);
  }
  return false;
}

/** Puts a claim in the place of the lock, unless the dead one has been taken over, and the claim to it has gone, meanwhile. */
function succeed(file: string, claim: string, dead: string | undefined, left: readonly string[]): boolean {
  const isDeadStill = turnOf(file) === dead;
  if (isDeadStill) renameSync(claim, file);
  for (const each of isDeadStill ? left : [claim]) rmSync(each, { force: true });
  return isDeadStill;
}

/** @returns whether there was no such file */
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

/** What tells the turn of a lock or claim from others; undefined where it is gone. */
function turnOf(file: string): string | undefined {
  const owner = readOwner(file);
  // Whoever was killed while writing it has left no owner.
  const inode = statSync(file, { throwIfNoEntry: false })?.ino;
  return inode === undefined ? undefined : String(owner?.token ?? owner?.pid ?? inode).replaceAll(/[^\w-]/g, '');
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
