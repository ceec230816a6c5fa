import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import { UserError } from '../../errors';
import { checkFolderWritable } from '../../util/writable';
import { type ProcessIdentity, identityOf, isAlive, isLocal } from './process-identity';
import type { RunFolder } from '../run-folder';
import { asideOf, removeLeftovers } from '../../util/aside';

/** What attempts/N/process.json says; when it was last touched is the heartbeat. */
export interface AttemptRecord extends ProcessIdentity {
  readonly startedAt: string;
  readonly endedAt?: string;
}

const SCHEMA: Schema<AttemptRecord> = v.looseObject({
  host: v.string(),
  pid: v.number(),
  start: v.string(),
  namespace: v.exactOptional(v.string()),
  startedAt: v.string(),
  endedAt: v.exactOptional(v.string()),
});

const HEARTBEAT_SECONDS = 10;
/** A process of another machine or container whose heartbeat is older counts as dead. Longer than clocks differ and disks lag. */
const STALE_SECONDS = 180;

/**
 * One process's turn at writing a run: `attempts/1/` is that of the process that started it, `attempts/2/` of the first that resumed it.
 * Only the last may write. Since a folder is made by one process only and attempts are never removed, there is one writer at most.
 */
export class Attempt {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    /** Its folder. */
    readonly path: string,
    /** The attempt before, where its process died. */
    readonly takenOver: AttemptRecord | undefined,
  ) {
    // Unreferenced: a heart that beats does not keep the process from its exit.
    this.heartbeat = setInterval(() => touch(this.file), HEARTBEAT_SECONDS * 1000).unref();
  }

  /**
   * Makes this process the writer of a run.
   * @throws UserError naming the process that is it already, or saying why the folder cannot be written
   */
  static claim(folder: RunFolder): Attempt {
    checkFolderWritable(folder.path);
    for (const path of [folder.path, folder.attempts]) removeLeftovers(path);
    for (;;) {
      const last = lastAttempt(folder);
      if (last && isWriting(last.path)) throw refusal(folder, last.path);
      const path = join(folder.attempts, String((last?.number ?? 0) + 1));
      const before = last && read(last.path);
      if (make(path)) return new Attempt(path, before?.endedAt === undefined ? before : undefined);
    }
  }

  /** Whether another process has taken the run over, since this one was silent for too long: its machine slept, say. */
  get isOvertaken(): boolean {
    return this.successor !== undefined;
  }

  /** Called before anything is written that another writer would write too. @throws UserError if another process has taken the run over */
  checkWriter(): void {
    const { successor } = this;
    if (successor === undefined) return;
    const { pid, host, startedAt } = read(successor);
    throw new UserError(
      `Process ${pid} on ${host} took this run over at ${startedAt}: this process no longer writes it.`,
      {
        hints: [`This process was silent for more than ${STALE_SECONDS} s before, as when a machine sleeps.`],
      },
    );
  }

  private get successor(): string | undefined {
    const last = lastAttempt({ attempts: dirname(this.path) });
    return last?.path === this.path ? undefined : last?.path;
  }

  /** Lets others write the run. */
  end(): void {
    clearInterval(this.heartbeat);
    if (existsSync(this.file)) writeJSON(this.file, { ...read(this.path), endedAt: new Date().toISOString() });
  }

  private get file(): string {
    return fileIn(this.path);
  }
}

/** Whether a process is writing a run, as far as can be told: of a local process that is known, of any other its heartbeat tells. */
export function isBeingWritten(folder: RunFolder): boolean {
  const last = lastAttempt(folder);
  return last !== undefined && isWriting(last.path);
}

function isWriting(path: string): boolean {
  const attempt = readIfWhole(path);
  if (!attempt) return existsSync(fileIn(path)) && silentSeconds(path) < STALE_SECONDS;
  if (attempt.endedAt !== undefined) return false;
  return isLocal(attempt) ? isAlive(attempt) === true : silentSeconds(path) < STALE_SECONDS;
}

/** Seconds since the heartbeat of an attempt. */
function silentSeconds(path: string): number {
  return (Date.now() - statSync(fileIn(path)).mtimeMs) / 1000;
}

function lastAttempt({ attempts }: Pick<RunFolder, 'attempts'>): { number: number; path: string } | undefined {
  if (!existsSync(attempts)) return undefined;
  const numbers = readdirSync(attempts).filter((name) => /^\d+$/.test(name));
  const number = Math.max(0, ...numbers.map(Number));
  return number === 0 ? undefined : { number, path: join(attempts, String(number)) };
}

/** Makes an attempt's folder with this process in it at once. @returns whether no other process was faster */
function make(path: string): boolean {
  const aside = asideOf(path);
  mkdirSync(aside, { recursive: true });
  try {
    writeJSON(fileIn(aside), {
      ...identityOf(process.pid),
      startedAt: new Date().toISOString(),
    } satisfies AttemptRecord);
    // A folder is never renamed over one that has something in it.
    renameSync(aside, path);
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function fileIn(path: string): string {
  return join(path, 'process.json');
}

function read(path: string): AttemptRecord {
  return readJSON(fileIn(path), SCHEMA);
}

/** Nothing if the file is damaged: then its heartbeat is all that is known of the process. */
function readIfWhole(path: string): AttemptRecord | undefined {
  try {
    return read(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder was taken away: what writes there tells it.
  }
}

function howToStop(pid: number): string {
  return `Stop it first, with its checkpoint saved: kill -INT ${pid}`;
}

/** How the process that writes a run is stopped; undefined if it is on another machine or in another container. */
export function stopHint(folder: RunFolder): string | undefined {
  const last = lastAttempt(folder);
  const attempt = last && readIfWhole(last.path);
  return attempt && isLocal(attempt) ? howToStop(attempt.pid) : undefined;
}

function refusal({ id }: RunFolder, path: string): UserError {
  const attempt = read(path);
  const { pid, host, startedAt } = attempt;
  const wait = Math.max(1, Math.ceil(STALE_SECONDS - silentSeconds(path)));
  const hint = isLocal(attempt)
    ? howToStop(pid)
    : `It is on another machine or in another container. If it is dead, wait ${wait} s: then its heartbeat is too old.`;
  return new UserError(`${id} is being written by process ${pid} on ${host}, since ${startedAt}.`, { hints: [hint] });
}
