import { samplingSettings } from '../experiment/sampling/sampling-settings';
import { type RunIdentity, startRun } from '../experiment/lifecycle/start';
import { checkExperiment } from '../experiment/lifecycle/check-experiment';
import { findCheckpoint } from '../run/find-checkpoint';
import { recordedOverrides, readRecord } from '../run/run-record';
import { reportOutcome } from './output/report-outcome';
import { type CommandContext, createContext } from './command-context';
import { withCluster, runAsWorker } from './workers/workers';
import { type SettingsArguments, changesOf } from './options/settings';

interface Fork {
  /** RUN or RUN@STEP. */
  readonly from: string;
  readonly identity: RunIdentity;
  readonly profile: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Number of local worker processes. */
  readonly workers: number | undefined;
}

/**
 * Starts a run from a checkpoint of another run, with its settings except those that are given.
 * @throws UserError if the checkpoint is of a different experiment than the one named
 */
export async function startFork(args: SettingsArguments, { dryRun, json, workers, ...fork }: Fork): Promise<void> {
  if (dryRun) {
    const context = createContext(json);
    const { experiment, overrides, source } = await readFork(args, fork.from, context);
    await checkExperiment({ registry: context.registry, name: experiment, overrides });
    console.log(`A run of ${experiment} would start from a checkpoint of ${source.run.id}. Nothing was started.`);
    return;
  }
  await withCluster({ workers }, async (cluster) => {
    const context = createContext(json);
    const { registry, monitor, runs } = context;
    // Only the chief needs access to the run.
    if (await runAsWorker('run', { registry, monitor, cluster })) return;
    const { experiment, overrides, changes, source } = await readFork(args, fork.from, context);
    const runOptions = { registry, monitor, name: experiment, overrides, profile: fork.profile, cluster };
    await reportOutcome(startRun(runOptions, runs, { identity: fork.identity, from: source, changes }), monitor, json);
  });
}

/** Determines the experiment, settings and checkpoint of a forked run. */
async function readFork(args: SettingsArguments, from: string, { runs, monitor }: CommandContext) {
  const source = await findCheckpoint(runs, from, (text) => monitor.log(text));
  const record = readRecord(source.run);
  const { experiment = record.experiment, ...own } = splitSettings(args);
  const changes = await changesOf(own);
  return { experiment, overrides: samplingSettings(recordedOverrides(record), changes), changes, source };
}

/** Moves the first setting out of the position of the experiment, if none is named. */
function splitSettings({ experiment, settings, ...rest }: Partial<SettingsArguments>) {
  const isSetting = experiment?.includes('=');
  return {
    set: [],
    config: [],
    ...rest,
    experiment: isSetting ? undefined : experiment,
    settings: [...(isSetting && experiment ? [experiment] : []), ...(settings ?? [])],
  };
}
