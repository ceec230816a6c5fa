import type { Position } from '../../checkpoint/manifest';
import type { Source } from '../../data/source';
import { UserError } from '../../errors';
import { type EvaluationSettings, checkEvaluations } from './evaluation-schedule';

/** @returns the source @throws UserError if it is missing, or does not suit several workers or the schedule of evaluations */
export function checkSource<Batch>(
  source: Source<Batch> | undefined,
  evaluation: EvaluationSettings,
  workers: object | undefined,
): Source<Batch> {
  if (!source) throw new Error('The experiment has no source of batches: open() must set this.source.');
  if (workers && !source.shards) {
    throw new UserError('This experiment cannot be trained by several workers: its batches are not shared.', {
      hints: ['Train it with one worker; or pass `share: run.shareOf(microBatches)` to its source.'],
    });
  }
  checkEvaluations(evaluation, source.batchesPerEpoch);
  return source;
}

/** A source that yields another number of batches than it claims. @param got what it yielded @param epoch from 0 */
export function lengthError(got: string, epoch: number, expected: number): UserError {
  const stated = expected === Infinity ? 'at least one' : `${expected}, as its batchesPerEpoch says`;
  return new UserError(`The source of batches yielded ${got} in epoch ${epoch + 1}; expected ${stated}.`, {
    hints: ['Correct batchesPerEpoch; or leave it undefined, so that an epoch ends where its batches end.'],
  });
}

/** A position within an epoch is only valid for one batch size. @throws UserError if an epoch has another number of batches now */
export function checkPosition(
  { step, batch, batchesPerEpoch }: Position,
  { batchesPerEpoch: now }: Source<unknown>,
): void {
  if (batch === 0 || batchesPerEpoch === now) return;
  const [before, after] = [batchesPerEpoch ?? 'an unknown number of', now ?? 'an unknown number of'];
  const message = `The checkpoint of step ${step} is in the middle of an epoch of ${before} batches, but an epoch now has ${after}.`;
  throw new UserError(message, {
    hints: ['Keep batchSize and the data unchanged, or use a checkpoint at the end of an epoch.'],
  });
}
