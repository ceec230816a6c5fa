import { UserError } from '../errors';
import type { RunSummary } from '../run/listing/run-summary';

/** @throws UserError where a run waits for its launcher, which would begin it in a folder that is gone */
export function refuseWaiting({ id, status }: RunSummary): void {
  if (status !== 'queued' && status !== 'preempted') return;
  throw new UserError(`${id} is ${status}, and cannot be removed.`, { hints: [`End it first: exp runs cancel ${id}`] });
}
