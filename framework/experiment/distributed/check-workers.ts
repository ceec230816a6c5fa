import type { Resolution } from '../../config/resolve/resolution';
import { UserError } from '../../errors';
import type { ExperimentSettings } from '../settings';

/** Settings of experiments that train on batches of one size. */
interface BatchSettings {
  readonly batchSize: number;
  readonly microBatches: number;
}

/** @throws UserError if `count` workers cannot train with these settings */
export function checkWorkers(settings: ExperimentSettings, count: number): void {
  if (settings.compile === 'false') {
    throw new UserError(`compile=false runs op by op, but the ${count} workers exchange their gradients in a graph.`, {
      hints: ['Instead: --set compile=graph, or one worker'],
    });
  }
  const { batchSize, microBatches = 1 } = settings as Partial<BatchSettings>;
  if (batchSize === undefined) return;
  const shares = count * microBatches;
  if (batchSize % shares === 0) return;
  const parts = microBatches === 1 ? '' : `, each in ${microBatches} micro-batches`;
  const nearest = Math.max(1, Math.round(batchSize / shares)) * shares;
  throw new UserError(`A batch of ${batchSize} cannot be divided equally among ${count} workers${parts}.`, {
    hints: [`batchSize is the total of all workers. Nearest: --set batchSize=${nearest}`],
  });
}

/** Settings with the role `meta` may differ between workers, except for these, which change the graph. */
const SHARED_BY_CHIEF = new Set(['compile', 'microBatches']);

/** Settings that must be equal on all workers, as JSON by key. */
export function commonSettings({ root }: Resolution): Record<string, string> {
  const common = [...root.entries()].filter(
    ({ key, field }) => field.rules.role !== 'meta' || SHARED_BY_CHIEF.has(key),
  );
  return Object.fromEntries(common.map(({ key, value }) => [key, JSON.stringify(value ?? null)]));
}
