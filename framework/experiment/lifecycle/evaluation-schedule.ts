import type { Position } from '../../checkpoint/manifest';
import { optional, value } from '../../config/declare/declare';
import { UserError } from '../../errors';

/** Schedule of evaluations. The model is always evaluated after the last step. */
export class EvaluationSettings {
  /** Epochs between evaluations; 0 for none after an epoch. */
  everyEpochs = value(1, { integer: true, min: 0, unit: 'epochs' });
  /** Steps between evaluations, in addition to those after epochs. */
  everySteps = optional('number', { integer: true, min: 1, unit: 'steps' });
  /** Number of equal parts of an epoch, each followed by an evaluation. */
  perEpoch = value(1, { integer: true, min: 1 });
  /** Whether the evaluations of an epoch share the held-out examples: each measures the next part of them. */
  spread = value(false);
}

/** Part of the held-out examples that an evaluation measures. */
export interface EvaluatedPart {
  /** From 0. */
  readonly index: number;
  /** Number of parts. */
  readonly count: number;
}

type Progress = Pick<Position, 'step' | 'epoch' | 'batch'>;

/** True if the model is evaluated at a position, if training continues. @param batchesPerEpoch undefined if it is not known */
export function isEvaluationDue(settings: EvaluationSettings, at: Progress, batchesPerEpoch?: number): boolean {
  return isDueAfterStep(settings, at) || isDueInEpoch(settings, at, batchesPerEpoch) || isDueAfterEpoch(settings, at);
}

/** True if the number of steps alone makes an evaluation due. */
export function isDueAfterStep({ everySteps = Infinity }: EvaluationSettings, { step }: Progress): boolean {
  return step % everySteps === 0;
}

function isDueAfterEpoch({ everyEpochs }: EvaluationSettings, { epoch, batch }: Progress): boolean {
  return batch === 0 && epoch % everyEpochs === 0;
}

/** True after each part of an epoch but the last. */
function isDueInEpoch({ perEpoch }: EvaluationSettings, { batch }: Progress, batchesPerEpoch?: number): boolean {
  if (batch === 0 || perEpoch === 1 || batchesPerEpoch === undefined) return false;
  const parts = partsDone(batch, batchesPerEpoch, perEpoch);
  return Math.floor((parts * batchesPerEpoch) / perEpoch) === batch;
}

/** True if an evaluation has been due by now, so that its metrics are known. */
export function hasBeenEvaluated({ everyEpochs, everySteps = Infinity }: EvaluationSettings, at: Progress): boolean {
  return at.step >= everySteps || (everyEpochs > 0 && at.epoch >= everyEpochs);
}

/** The part of the held-out examples to measure at a position; undefined for all of them. */
export function evaluatedPart(
  { perEpoch, spread }: EvaluationSettings,
  { batch }: Progress,
  batchesPerEpoch?: number,
): EvaluatedPart | undefined {
  if (!spread || batchesPerEpoch === undefined) return undefined;
  const done = batch === 0 ? perEpoch : partsDone(batch, batchesPerEpoch, perEpoch);
  return { index: done - 1, count: perEpoch };
}

/** Number of parts of an epoch that have begun, and are done if a part ends here. */
function partsDone(batch: number, batchesPerEpoch: number, perEpoch: number): number {
  return Math.ceil((batch * perEpoch) / batchesPerEpoch);
}

/** @throws UserError if an epoch of unknown length would have to be divided */
export function checkEvaluations({ perEpoch }: EvaluationSettings, batchesPerEpoch?: number): void {
  if (perEpoch === 1 || batchesPerEpoch !== undefined) return;
  throw new UserError(`evaluation.perEpoch=${perEpoch}: the number of batches in an epoch is not known.`, {
    hints: ['Evaluate at an interval of steps instead: evaluation.everySteps=100'],
  });
}
