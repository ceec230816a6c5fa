import * as v from 'valibot';
import type { Schema } from '../util/json-file';
import { appendJSONLine, readRecords } from '../util/json-lines';
import type { RunFolder } from './run-folder';

/** What was measured of images that a checkpoint's model drew. */
export interface Measured {
  readonly at: string;
  /** The step of the checkpoint. */
  readonly step: number;
  /** How many images were drawn. */
  readonly images: number;
  readonly seed: number;
  /** How many images of the dataset they were compared with. */
  readonly reference: number;
  /** What made features of them, and how many of each. */
  readonly features: string;
  readonly width: number;
  /** fid, kid, recognised, spread. */
  readonly numbers: Readonly<Record<string, number>>;
  /** How long it took. */
  readonly seconds: number;
}

/** A line of evaluations.jsonl. */
export interface EvaluationRecord extends Measured {
  /** What the images were drawn by, and measured by: settings of which others may be given for a drawing. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How many images of each class were recognised. */
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

/** What a file must have of one. */
export const MEASURED: Schema<Measured> = v.looseObject(FIELDS);

const SCHEMA: Schema<EvaluationRecord> = v.looseObject({
  ...FIELDS,
  settings: v.record(v.string(), v.unknown()),
  counts: v.exactOptional(v.array(v.number())),
});

/** Adds what was measured to the record of a run. */
export function recordEvaluation(folder: RunFolder, evaluation: EvaluationRecord): void {
  appendJSONLine(folder.evaluations, evaluation);
}

/** What was measured of a run's images, the first first. */
export function readEvaluations(folder: RunFolder): EvaluationRecord[] {
  return readRecords(folder.evaluations, SCHEMA);
}
