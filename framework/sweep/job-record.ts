import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import { RunFolder } from '../run/run-folder';
import type { SweepFolder } from './sweep-folder';

/** State of a job. An interrupted job continues when the sweep is resumed. */
export type JobState = 'pending' | 'running' | 'completed' | 'interrupted' | 'failed';

/** Content of a job's job.json. */
export interface JobRecord {
  readonly state: JobState;
  /** Its run, relative to the folder of all runs. */
  readonly run?: string;
  /** Launcher's identifier of the job. */
  readonly handle?: string;
  /** Error message of a failed job. */
  readonly error?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

const SCHEMA: Schema<JobRecord> = v.looseObject({
  state: v.picklist(['pending', 'running', 'completed', 'interrupted', 'failed']),
  run: v.exactOptional(v.string()),
  handle: v.exactOptional(v.string()),
  error: v.exactOptional(v.string()),
  startedAt: v.exactOptional(v.string()),
  endedAt: v.exactOptional(v.string()),
});

/** Record of a job; pending if it has none. */
export function readJob(folder: SweepFolder, number: number): JobRecord {
  const file = fileOf(folder, number);
  return existsSync(file) ? readJSON(file, SCHEMA) : { state: 'pending' };
}

export function writeJob(folder: SweepFolder, number: number, record: JobRecord): void {
  mkdirSync(folder.job(number), { recursive: true });
  writeJSON(fileOf(folder, number), record);
}

/** Folder of a job's run; undefined if it has none. */
export function runOf(folder: SweepFolder, { run }: JobRecord): RunFolder | undefined {
  return run === undefined ? undefined : new RunFolder(join(folder.runs, run));
}

function fileOf(folder: SweepFolder, number: number): string {
  return join(folder.job(number), 'job.json');
}
