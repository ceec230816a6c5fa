import * as v from 'valibot';
import type { Settings } from '../config/parse/object-overrides';
import { checkArguments, checkOptions, type Schemas } from './check-options';
import type { RunResult } from './host';
import { EXPERIMENT, RUN_ID, RUN_NAME, SETTINGS } from './schemas';
import type { ExperimentClass, SettingsFor } from './settings-for';
import { TRAINING_OPTIONS, type TrainingOptions } from './training-options';

/** Options of `run`. */
export interface NewRunOptions extends TrainingOptions {
  /** Name of the run, appended to the time in its ID. */
  readonly name?: string | undefined;
  /** ID of the run; by default the time. */
  readonly id?: string | undefined;
}

const OPTIONS = {
  ...TRAINING_OPTIONS,
  name: v.optional(RUN_NAME),
  id: v.optional(RUN_ID),
} satisfies Schemas<NewRunOptions>;

/**
 * Trains an experiment, as `exp run` does. Signals and uncaught errors of the process are left to the program, and nothing is printed.
 * @param experiment its name, or its class, which need not be among the project's plugins
 * @throws UserError for invalid settings or options
 */
export async function run<S = Settings>(
  experiment: string | ExperimentClass<S>,
  settings: Settings extends S ? Settings : SettingsFor<NoInfer<S>> = {},
  options: NewRunOptions = {},
): Promise<RunResult> {
  checkArguments('run', { experiment, settings }, { experiment: EXPERIMENT, settings: SETTINGS });
  checkOptions('run', options, OPTIONS);
  const { openContext, optionOf, register } = await import('./open-context');
  const { objectOverrides } = await import('../config/parse/object-overrides');
  const { projectOverrides } = await import('../config/parse/project-overrides');
  const { readProjectFile } = await import('../project/project-file');
  const { checkProject } = await import('./project');
  const { startRun } = await import('../experiment/lifecycle/start');
  const { trainFor } = await import('./host');
  const { runs, project, ...context } = await openContext(options);
  if (typeof experiment !== 'string') register(context.registry, experiment);
  const name = typeof experiment === 'string' ? experiment : optionOf(experiment).name;
  const defaults = projectOverrides(readProjectFile(project), name);
  const overrides = [...defaults, ...objectOverrides(settings)];
  await checkProject(runs, project);
  const identity = { id: options.id, name: options.name };
  return trainFor(options, (host) => startRun({ ...context, name, overrides, host }, runs, { identity }));
}
