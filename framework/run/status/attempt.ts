import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import { UserError } from '../../errors';
import { checkFolderWritable } from '../../util/writable';
import { type ProcessIdentity, identityOf, isAlive, isLocal } from './process-identity';
import type { RunFolder } from '../run-folder';
import { temporaryPath, removeLeftovers } from '../../util/temporary-path';

/** Content of attempts/N/process.json, whose modification time is the heartbeat. */
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
/** Age of the heartbeat after which a process on another machine or in another container is dead. Exceeds clock skew and disk latency. */
const HEARTBEAT_TIMEOUT_SECONDS = 180;

/**
 * One process's attempt at a run: `attempts/1/` belongs to the process that started it, `attempts/2/` to the first that resumed it. Only
 * the last one may write. Since creating a folder is atomic and attempts are never removed, there is at most one writer.
 */
export class Attempt {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    /** Its folder. */
    readonly path: string,
    /** The previous attempt, if its process died. */
    readonly takenOver: AttemptRecord | undefined,
  ) {
    // Unreferenced: the heartbeat does not keep the process alive.
    this.heartbeat = setInterval(() => touch(this.file), HEARTBEAT_SECONDS * 1000).unref();
  }

  /**
   * Makes this process the writer of a run.
   * @throws UserError naming the current writer, or the reason why the folder is not writable
   */
  static claim(folder: RunFolder): Attempt {
    checkFolderWritable(folder.path);
    for (const path of [folder.path, folder.attempts]) removeLeftovers(path);
    for (;;) {
      const last = lastAttempt(folder);
      if (last && isWriting(last.path)) throw lockedError(folder, last.path);
      const path = join(folder.attempts, String((last?.number ?? 0) + 1));
      const before = last && read(last.path);
      if (createAttempt(path)) return new Attempt(path, before?.endedAt === undefined ? before : undefined);
    }
  }

  /** True if another process has taken over the run, because this one had no heartbeat for too long. */
  get isOvertaken(): boolean {
    return this.successor !== undefined;
  }

  /** Call before writing files that another writer would also write. @throws UserError if another process has taken over the run */
  checkWriter(): void {
    const { successor } = this;
    if (successor === undefined) return;
    const { pid, host, startedAt } = read(successor);
    throw new UserError(
      `Process ${pid} on ${host} took over this run at ${startedAt}: this process can no longer write it.`,
      {
        hints: [
          `This process had no heartbeat for more than ${HEARTBEAT_TIMEOUT_SECONDS} s, for example because the machine was suspended.`,
        ],
      },
    );
  }

  private get successor(): string | undefined {
    const last = lastAttempt({ attempts: dirname(this.path) });
    return last?.path === this.path ? undefined : last?.path;
  }

  /** Releases the run for other writers. */
  end(): void {
    clearInterval(this.heartbeat);
    if (existsSync(this.file)) writeJSON(this.file, { ...read(this.path), endedAt: new Date().toISOString() });
  }

  private get file(): string {
    return fileIn(this.path);
  }
}

/** True if a process is writing a run: a local process that is alive, or any other with a recent heartbeat. */
export function isBeingWritten(folder: RunFolder): boolean {
  const last = lastAttempt(folder);
  return last !== undefined && isWriting(last.path);
}

function isWriting(path: string): boolean {
  const attempt = readIfWhole(path);
  if (!attempt) return existsSync(fileIn(path)) && silentSeconds(path) < HEARTBEAT_TIMEOUT_SECONDS;
  if (attempt.endedAt !== undefined) return false;
  return isLocal(attempt) ? isAlive(attempt) === true : silentSeconds(path) < HEARTBEAT_TIMEOUT_SECONDS;
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

/** Atomically creates an attempt's folder for this process. @returns false if another process has created it */
function createAttempt(path: string): boolean {
  const temporary = temporaryPath(path);
  mkdirSync(temporary, { recursive: true });
  try {
    writeJSON(fileIn(temporary), {
      ...identityOf(process.pid),
      startedAt: new Date().toISOString(),
    } satisfies AttemptRecord);
    // rename never replaces a folder that is not empty.
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function fileIn(path: string): string {
  return join(path, 'process.json');
}

function read(path: string): AttemptRecord {
  return readJSON(fileIn(path), SCHEMA);
}

/** Undefined if the file is damaged: then only the heartbeat of the process is known. */
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
    // The folder was removed, which the next write reports.
  }
}

function stopCommandHint(pid: number): string {
  return `Stop it first (it saves a checkpoint): kill -INT ${pid}`;
}

/** Hint with the command that stops the process writing a run; undefined if it is on another machine or in another container. */
export function stopHint(folder: RunFolder): string | undefined {
  const last = lastAttempt(folder);
  const attempt = last && readIfWhole(last.path);
  return attempt && isLocal(attempt) ? stopCommandHint(attempt.pid) : undefined;
}

function lockedError({ id }: RunFolder, path: string): UserError {
  const attempt = read(path);
  const { pid, host, startedAt } = attempt;
  const wait = Math.max(1, Math.ceil(HEARTBEAT_TIMEOUT_SECONDS - silentSeconds(path)));
  const hint = isLocal(attempt)
    ? stopCommandHint(pid)
    : `It is on another machine or in another container. If it is dead, wait ${wait} s until its heartbeat times out.`;
  return new UserError(`${id} is being written by process ${pid} on ${host}, since ${startedAt}.`, { hints: [hint] });
}
