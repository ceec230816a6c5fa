import * as v from 'valibot';
import type { Settings } from '../config/parse/object-overrides';
import { checkArguments, checkOptions, type Schemas } from './check-options';
import type { LoadedRun } from './loaded-run';
import { PROJECT_OPTIONS, type ProjectOptions } from './project-options';
import { RUN, SETTINGS } from './schemas';

/** Options of `loadRun`. */
export interface LoadOptions extends ProjectOptions {
  /** Sampling settings that override the run's. */
  readonly settings?: Settings | undefined;
}

const OPTIONS = { ...PROJECT_OPTIONS, settings: v.optional(SETTINGS) } satisfies Schemas<LoadOptions>;

/**
 * Loads the model of a run, to be closed when it is no longer used.
 * @param name RUN, RUN@STEP or RUN@best: ID, name or folder of a run, or `latest`
 * @throws UserError if there is no such run or checkpoint, or a setting would change the trained model
 */
export async function loadRun(name: string, options: LoadOptions = {}): Promise<LoadedRun> {
  checkArguments('loadRun', { run: name }, { run: RUN });
  checkOptions('loadRun', options, OPTIONS);
  const { openContext } = await import('./open-context');
  const { objectOverrides } = await import('../config/parse/object-overrides');
  const { runOptionsFor } = await import('../experiment/sampling/sampling-request');
  const { ANY, openModel } = await import('../experiment/weights/with-model');
  const { LoadedRun } = await import('./loaded-run');
  const context = await openContext(options);
  const settings = objectOverrides(options.settings ?? {});
  const { runOptions, source } = await runOptionsFor({ ...context, run: name, seed: 0, settings });
  return new LoadedRun(await openModel(runOptions, source, ANY), { ...context, settings, folder: source.run });
}
