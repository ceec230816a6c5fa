import * as v from 'valibot';
import type { Schema } from '../util/json-file';
import { appendJSONLine, readRecords } from '../util/json-lines';
import type { RunFolder } from './run-folder';

/** Evaluation of images generated from a checkpoint. */
export interface Measured {
  readonly at: string;
  /** Step of the checkpoint. */
  readonly step: number;
  /** Number of generated images. */
  readonly images: number;
  readonly seed: number;
  /** Number of dataset images compared with. */
  readonly reference: number;
  /** Name of the feature extractor. */
  readonly features: string;
  /** Number of features per image. */
  readonly width: number;
  /** fid, kid, recognised, spread. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Duration of the evaluation. */
  readonly seconds: number;
}

/** A line of evaluations.jsonl. */
export interface EvaluationRecord extends Measured {
  /** Settings of sampling and of the evaluation. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Number of images recognised as each class. */
  readonly counts?: readonly number[];
}

const FIELDS = {
  at: v.string(),
  step: v.number(),
  images: v.number(),
  seed: v.number(),
  reference: v.number(),
  features: v.string(),
  width: v.number(),
  numbers: v.record(v.string(), v.number()),
  seconds: v.number(),
};

/** Schema of an evaluation in a file. */
export const MEASURED: Schema<Measured> = v.looseObject(FIELDS);

const SCHEMA: Schema<EvaluationRecord> = v.looseObject({
  ...FIELDS,
  settings: v.record(v.string(), v.unknown()),
  counts: v.exactOptional(v.array(v.number())),
});

/** Adds an evaluation to a run's record. */
export function recordEvaluation(folder: RunFolder, evaluation: EvaluationRecord): void {
  appendJSONLine(folder.evaluations, evaluation);
}

/** Evaluations of a run, oldest first. */
export function readEvaluations(folder: RunFolder): EvaluationRecord[] {
  return readRecords(folder.evaluations, SCHEMA);
}
