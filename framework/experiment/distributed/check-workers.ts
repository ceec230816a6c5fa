import type { Resolution } from '../../config/resolve/resolution';
import { UserError } from '../../errors';
import type { ExperimentSettings } from '../experiment';
import { ImageExperimentSettings } from '../image-experiment';

/** @throws UserError where so many workers cannot train by such settings */
export function checkWorkers(settings: ExperimentSettings, count: number): void {
  if (settings.compile === 'false') {
    throw new UserError(`compile=false runs op by op, and the ${count} workers exchange their gradients in a graph.`, {
      hints: ['Instead: --set compile=graph, or one worker'],
    });
  }
  if (!(settings instanceof ImageExperimentSettings)) return;
  const { batchSize, microBatches } = settings;
  const shares = count * microBatches;
  if (batchSize % shares === 0) return;
  const parts = microBatches === 1 ? '' : `, each in ${microBatches} micro-batches`;
  const nearest = Math.max(1, Math.round(batchSize / shares)) * shares;
  throw new UserError(`A batch of ${batchSize} images cannot be shared equally by ${count} workers${parts}.`, {
    hints: [`batchSize is that of all workers together. Nearest: --set batchSize=${nearest}`],
  });
}

/** Settings without effect on the numbers may differ between workers, but for these, which change the graph. */
const SHARED_BY_CHIEF = new Set(['compile', 'microBatches']);

/** The settings that all workers must have alike, by name, as JSON. */
export function commonSettings({ root }: Resolution): Record<string, string> {
  const common = [...root.entries()].filter(
    ({ key, field }) => field.rules.role !== 'meta' || SHARED_BY_CHIEF.has(key),
  );
  return Object.fromEntries(common.map(({ key, value }) => [key, JSON.stringify(value ?? null)]));
}
