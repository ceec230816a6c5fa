import { resolve } from 'node:path';
import * as v from 'valibot';
import type { Settings } from '../config/parse/object-overrides';
import type { SweepSummary } from '../sweep/summary';
import { checkArguments, checkOptions, type Schemas } from './check-options';
import { PROJECT_OPTIONS, type ProjectOptions } from './project-options';
import { EXPERIMENT_NAME, SETTINGS, SIGNAL } from './schemas';

/** Options of `sweep`. Its jobs are processes of their own, which have the project's plugins. */
export interface SweepOptions extends Omit<ProjectOptions, 'plugins'> {
  /** Settings of the sweep itself: `{ jobs: 2, searcher: 'Random', 'searcher.trials': 20, launcher: 'Slurm' }`. */
  readonly sweep?: Settings | undefined;
  /** Stops the jobs, which save a checkpoint each. */
  readonly signal?: AbortSignal | undefined;
}

const { plugins: _, ...SHARED } = PROJECT_OPTIONS;

const OPTIONS = {
  ...SHARED,
  sweep: v.optional(SETTINGS),
  signal: v.optional(SIGNAL),
} satisfies Schemas<SweepOptions>;

/**
 * Runs a sweep, as `exp sweep` does.
 * @param settings a list has a job for each of its values; a text may be a range: `{ seed: [1, 2], learningRate: 'loguniform(1e-5,1e-2)' }`
 * @returns the jobs, with the number of the best
 */
export async function sweep(experiment: string, settings: Settings, options: SweepOptions = {}): Promise<SweepSummary> {
  checkArguments('sweep', { experiment, settings }, { experiment: EXPERIMENT_NAME, settings: SETTINGS });
  checkOptions('sweep', options, OPTIONS);
  const { openContext } = await import('./open-context');
  const { sweptSettings, sweepSettings } = await import('./sweep-settings');
  const { checkProject } = await import('./project');
  const { startSweep } = await import('../sweep/execute-sweep');
  const { summarizeSweep } = await import('../sweep/summary');
  const { EXP } = await import('../util/own-package');
  const { signal = new AbortController().signal, project } = options;
  const environment = project === undefined ? {} : { EXPLAB_ROOT: resolve(project) };
  const context = { ...(await openContext(options)), exp: EXP, signal, environment };
  const request = { experiment, settings: sweptSettings(settings), sweep: sweepSettings(options.sweep ?? {}) };
  await checkProject(context.runs, context.project);
  const { folder } = await startSweep(context, request);
  return summarizeSweep(folder);
}
