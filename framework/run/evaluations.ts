import * as v from 'valibot';
import type { Schema } from '../util/json-file';
import { appendJSONLine, readRecords } from '../util/json-lines';
import type { RunFolder } from './run-folder';

/** Evaluation of a checkpoint. Its evaluator adds fields of its own, such as the number of samples. */
export interface Measured {
  readonly at: string;
  /** Step of the checkpoint. */
  readonly step: number;
  readonly seed: number;
  /** Metrics by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Duration of the evaluation. */
  readonly seconds: number;
  readonly [detail: string]: unknown;
}

/** A line of evaluations.jsonl. */
export interface EvaluationRecord extends Measured {
  /** Settings of sampling and of the evaluation. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const FIELDS = {
  at: v.string(),
  step: v.number(),
  seed: v.number(),
  numbers: v.record(v.string(), v.number()),
  seconds: v.number(),
};

/** Schema of an evaluation in a file. */
export const MEASURED: Schema<Measured> = v.looseObject(FIELDS);

const SCHEMA: Schema<EvaluationRecord> = v.looseObject({
  ...FIELDS,
  settings: v.record(v.string(), v.unknown()),
});

/** Adds an evaluation to a run's record. */
export function recordEvaluation(folder: RunFolder, evaluation: EvaluationRecord): void {
  appendJSONLine(folder.evaluations, evaluation);
}

/** Evaluations of a run, oldest first. */
export function readEvaluations(folder: RunFolder): EvaluationRecord[] {
  return readRecords(folder.evaluations, SCHEMA);
}

const COMMON = ['at', 'step', 'seed', 'numbers', 'seconds', 'settings'];

/** The numbers and texts that an evaluator has added to an evaluation, by name. */
export function detailsOf(evaluation: Measured): Record<string, number | string> {
  const own = Object.entries(evaluation).filter(
    (entry): entry is [string, number | string] =>
      !COMMON.includes(entry[0]) && ['number', 'string'].includes(typeof entry[1]),
  );
  return Object.fromEntries(own);
}
