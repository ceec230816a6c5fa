import type { Position } from '../../checkpoint/manifest';
import type { ExperimentSettings } from '../settings';

/** Limits of a run. */
export type Limits = Pick<ExperimentSettings, 'maxSteps' | 'epochs'>;

/** True if a run has reached its last epoch or step. */
export function isFinished(
  { maxSteps = Infinity, epochs }: Limits,
  { step, epoch }: Pick<Position, 'step' | 'epoch'>,
): boolean {
  return step >= maxSteps || epoch >= epochs;
}

/** Completed fraction of a run, in [0, 1], by the limit that is reached first. */
export function progressOf(
  { maxSteps = Infinity, epochs }: Limits,
  { step, epoch, batch, batchesPerEpoch = Infinity }: Omit<Position, 'seed'>,
): number {
  return Math.max(step / maxSteps, (epoch + batch / batchesPerEpoch) / epochs);
}

/** Number of steps of a whole run; Infinity if the length of an epoch is unknown and `maxSteps` is not set. */
export function totalSteps({ maxSteps = Infinity, epochs }: Limits, batchesPerEpoch = Infinity): number {
  return Math.min(maxSteps, epochs * batchesPerEpoch);
}
