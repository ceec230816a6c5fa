import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import type { RunFolder } from '../run-folder';

/** What job.json says of a run that was handed to a launcher. */
export interface Submission {
  /** The name of the launcher's option. */
  readonly launcher: string;
  /** The launcher's settings, as they were typed. */
  readonly settings: readonly string[];
  /** What the launcher knows the job by. */
  readonly handle: string;
  readonly submittedAt: string;
  /** When it was seen that the job had ended, and what the launcher said of that. */
  readonly endedAt?: string;
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

/** Nothing of a run that a user's own command runs. */
export function readSubmission({ submission }: RunFolder): Submission | undefined {
  return existsSync(submission) ? readJSON(submission, SCHEMA) : undefined;
}

export function writeSubmission(folder: RunFolder, submission: Submission): void {
  writeJSON(folder.submission, submission);
}
