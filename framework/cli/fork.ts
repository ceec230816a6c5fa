import { drawingSettings } from '../experiment/drawing-settings';
import { type Called, startRun } from '../experiment/execute';
import { findCheckpoint } from '../run/find-checkpoint';
import { givenSettings, readRecord } from '../run/run-record';
import { finish } from './finish';
import { openLab } from './lab';
import { type SettingsArguments, overridesOf } from './settings';

interface Fork {
  /** RUN or RUN@STEP. */
  readonly from: string;
  readonly called: Called;
  readonly profile: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * Begins a run with a checkpoint of another, and with its settings but for those that are given.
 * @throws UserError where the checkpoint is of another experiment than is named
 */
export async function startFork(
  words: SettingsArguments,
  { from, called, profile, dryRun, json }: Fork,
): Promise<void> {
  const { registry, monitor, runs } = openLab(json);
  const source = await findCheckpoint(runs, from);
  const record = readRecord(source.run);
  const { experiment = record.experiment, ...own } = separated(words);
  const overrides = drawingSettings(givenSettings(record), await overridesOf({ ...own, experiment }));
  if (dryRun) {
    console.log(`A run of ${experiment} would begin with a checkpoint of ${source.run.id}. Nothing was started.`);
    return;
  }
  const ingredients = { registry, monitor, name: experiment, overrides, profile };
  await finish(startRun(ingredients, runs, { called, from: source }), monitor, json);
}

/** Where no experiment is named, the first setting stands in its place. */
function separated({ experiment, settings, ...rest }: Partial<SettingsArguments>) {
  const isSetting = experiment?.includes('=');
  return {
    set: [],
    config: [],
    ...rest,
    experiment: isSetting ? undefined : experiment,
    settings: [...(isSetting && experiment ? [experiment] : []), ...(settings ?? [])],
  };
}
