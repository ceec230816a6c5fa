import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import type { RunFolder } from '../run-folder';

/** Content of job.json of a submitted run. */
export interface Submission {
  /** Name of the launcher. */
  readonly launcher: string;
  /** Settings of the launcher, as typed. */
  readonly settings: readonly string[];
  /** Launcher's identifier of the job. */
  readonly handle: string;
  readonly submittedAt: string;
  /** Time at which the end of the job was detected. */
  readonly endedAt?: string;
  /** Exit reason reported by the launcher. */
  readonly how?: string;
}

const SCHEMA: Schema<Submission> = v.looseObject({
  launcher: v.string(),
  settings: v.array(v.string()),
  handle: v.string(),
  submittedAt: v.string(),
  endedAt: v.exactOptional(v.string()),
  how: v.exactOptional(v.string()),
});

/** @returns undefined for a run that was not submitted */
export function readSubmission({ submission }: RunFolder): Submission | undefined {
  return existsSync(submission) ? readJSON(submission, SCHEMA) : undefined;
}

export function writeSubmission(folder: RunFolder, submission: Submission): void {
  writeJSON(folder.submission, submission);
}
