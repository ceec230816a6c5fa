import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedSetting, readConfig, settingsToJSON } from '../config-file';
import { type EnvironmentRecord, patchIn, readEnvironment } from '../environment/environment-record';
import { type EvaluationRecord, readEvaluations } from '../evaluations';
import type { RunFolder } from '../run-folder';
import { type RunRecord, readRecord, recordToJSON } from '../run-record';
import { type Submission, readSubmission } from '../status/submission';
import { type RunSummary, summarizeRun } from './run-summary';

/** All that is recorded of a run. */
export interface RunDescription {
  readonly folder: string;
  readonly summary: RunSummary;
  readonly record: RunRecord;
  /** The job that it was submitted as. */
  readonly job?: Submission;
  readonly settings: Readonly<Record<string, RecordedSetting>>;
  /** What the process had around it that started the run. */
  readonly environment?: EnvironmentRecord;
  /** The file of what differed from the commit. */
  readonly patch?: string;
  /** How many processes wrote the run, one after another. */
  readonly attempts: number;
  /** The steps of its checkpoints. */
  readonly checkpoints: readonly number[];
  /** What was measured of its images. */
  readonly evaluations: readonly EvaluationRecord[];
}

/** @throws UserError where its files cannot be read */
export function describeRun(folder: RunFolder): RunDescription {
  const environment = readEnvironment(folder);
  const job = readSubmission(folder);
  const patch = patchIn(join(folder.attempts, '1'));
  return {
    folder: folder.path,
    summary: summarizeRun(folder),
    record: readRecord(folder),
    ...(job && { job }),
    settings: readConfig(folder)?.settings ?? {},
    ...(environment && { environment }),
    ...(existsSync(patch) && { patch }),
    attempts: numbersIn(folder.attempts).length,
    checkpoints: numbersIn(folder.checkpoints),
    evaluations: readEvaluations(folder),
  };
}

/** A description with the keys of run.json and config.json. */
export function descriptionToJSON({ record, settings, ...description }: RunDescription): object {
  return { ...description, record: recordToJSON(record), settings: settingsToJSON(settings) };
}

/** The numbers that name what is in a folder, in order. */
function numbersIn(folder: string): number[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  return names.map(Number).sort((a, b) => a - b);
}
