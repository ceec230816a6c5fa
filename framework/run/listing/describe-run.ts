import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedSetting, readConfig, settingsToJSON } from '../config-file';
import { type EnvironmentRecord, patchIn, readEnvironment } from '../environment/environment-record';
import { type EvaluationRecord, readEvaluations } from '../evaluations';
import type { RunFolder } from '../run-folder';
import { type RunRecord, readRecord, recordToJSON } from '../run-record';
import { type Submission, readSubmission } from '../status/submission';
import { type RunSummary, summarizeRun } from './run-summary';

/** Complete description of a run. */
export interface RunDescription {
  readonly folder: string;
  readonly summary: RunSummary;
  readonly record: RunRecord;
  /** Job of a submitted run. */
  readonly job?: Submission;
  readonly settings: Readonly<Record<string, RecordedSetting>>;
  /** Environment of the process that started the run. */
  readonly environment?: EnvironmentRecord;
  /** File with the differences from the commit. */
  readonly patch?: string;
  /** Number of processes that wrote the run, one after another. */
  readonly attempts: number;
  /** Steps of its checkpoints. */
  readonly checkpoints: readonly number[];
  /** Evaluations by `exp evaluate`. */
  readonly evaluations: readonly EvaluationRecord[];
}

/** @throws UserError if its files cannot be read */
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

/** Converts a description to the keys of run.json and config.json. */
export function descriptionToJSON({ record, settings, ...description }: RunDescription): object {
  return { ...description, record: recordToJSON(record), settings: settingsToJSON(settings) };
}

/** Numeric names in a folder, in ascending order. */
function numbersIn(folder: string): number[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  return names.map(Number).sort((a, b) => a - b);
}
