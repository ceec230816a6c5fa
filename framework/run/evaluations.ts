import { appendJSONLine, readJSONLines } from './json-lines';
import type { RunFolder } from './run-folder';

/** A line of evaluations.jsonl: what was measured of images that a checkpoint's model drew. */
export interface EvaluationRecord {
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
  /** What the images were drawn by, and measured by: settings of which others may be given for a drawing. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** fid, kid, recognised, spread. */
  readonly numbers: Readonly<Record<string, number>>;
  /** How many images of each class were recognised. */
  readonly counts?: readonly number[];
  /** How long it took. */
  readonly seconds: number;
}

/** Adds what was measured to the record of a run. */
export function recordEvaluation(folder: RunFolder, evaluation: EvaluationRecord): void {
  appendJSONLine(folder.evaluations, evaluation);
}

/** What was measured of a run's images, the first first. */
export function readEvaluations(folder: RunFolder): EvaluationRecord[] {
  return readJSONLines(folder.evaluations).filter((line) => line !== undefined) as EvaluationRecord[];
}
