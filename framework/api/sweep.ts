import { resolve } from 'node:path';
import type { Settings } from '../config/parse/object-overrides';
import type { SweepSummary } from '../sweep/summary';
import { checkOptions } from './check-options';
import { PROJECT_OPTIONS, type ProjectOptions } from './project-options';

/** Options of `sweep`. Its jobs are processes of their own, which have the project's plugins. */
export interface SweepOptions extends Omit<ProjectOptions, 'plugins'> {
  /** Settings of the sweep itself: `{ jobs: 2, searcher: 'Random', 'searcher.trials': 20, launcher: 'Slurm' }`. */
  readonly sweep?: Settings | undefined;
  /** Stops the jobs, which save a checkpoint each. */
  readonly signal?: AbortSignal | undefined;
}

const NAMES = [...PROJECT_OPTIONS.filter((name) => name !== 'plugins'), 'sweep', 'signal'];

/**
 * Runs a sweep, as `exp sweep` does.
 * @param settings a list has a job for each of its values; a text may be a range: `{ seed: [1, 2], learningRate: 'loguniform(1e-5,1e-2)' }`
 * @returns the jobs, with the number of the best
 */
export async function sweep(experiment: string, settings: Settings, options: SweepOptions = {}): Promise<SweepSummary> {
  checkOptions('sweep', options, NAMES);
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
