import { drawingSettings } from '../experiment/sampling/sampling-settings';
import { type Called, startRun } from '../experiment/lifecycle/start';
import { rehearse } from '../experiment/lifecycle/rehearse';
import { findCheckpoint } from '../run/find-checkpoint';
import { givenSettings, readRecord } from '../run/run-record';
import { finish } from './output/report-outcome';
import { type Lab, openLab } from './lab';
import { amongWorkers, followed } from './workers/workers';
import { type SettingsArguments, overridesOf } from './options/settings';

interface Fork {
  /** RUN or RUN@STEP. */
  readonly from: string;
  readonly called: Called;
  readonly profile: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** How many processes of this machine train together. */
  readonly workers: number | undefined;
}

/**
 * Begins a run with a checkpoint of another, and with its settings but for those that are given.
 * @throws UserError where the checkpoint is of another experiment than is named
 */
export async function startFork(words: SettingsArguments, { dryRun, json, workers, ...fork }: Fork): Promise<void> {
  if (dryRun) {
    const lab = openLab(json);
    const { experiment, overrides, source } = await readFork(words, fork.from, lab);
    await rehearse({ registry: lab.registry, name: experiment, overrides });
    console.log(`A run of ${experiment} would begin with a checkpoint of ${source.run.id}. Nothing was started.`);
    return;
  }
  await amongWorkers({ workers }, async (cluster) => {
    const lab = openLab(json);
    const { registry, monitor, runs } = lab;
    // Only the chief need see the run.
    if (await followed('run', { registry, monitor, cluster })) return;
    const { experiment, overrides, changes, source } = await readFork(words, fork.from, lab);
    const ingredients = { registry, monitor, name: experiment, overrides, profile: fork.profile, cluster };
    await finish(startRun(ingredients, runs, { called: fork.called, from: source, changes }), monitor, json);
  });
}

/** Which experiment, which settings and which checkpoint a run begins with. */
async function readFork(words: SettingsArguments, from: string, { runs, monitor }: Lab) {
  const source = await findCheckpoint(runs, from, (text) => monitor.say(text));
  const record = readRecord(source.run);
  const { experiment = record.experiment, ...own } = separated(words);
  const changes = await overridesOf({ ...own, experiment });
  return { experiment, overrides: drawingSettings(givenSettings(record), changes), changes, source };
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
