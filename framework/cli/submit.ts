import type { RunIdentity } from '../experiment/lifecycle/start';
import { chooseLauncher } from '../experiment/launching/choose-launcher';
import { describeSubmission, submitRun } from '../experiment/launching/submit-run';
import { EXP, openLab } from './lab';
import { displayPath } from './runs-folder';
import { splitLauncherOverrides } from './options/launcher';
import { type SettingsArguments, overridesOf } from './options/settings';

interface SubmitOptions {
  /** The name of the launcher. */
  readonly launcher: string;
  readonly called: RunIdentity;
  readonly profile: boolean;
  readonly json: boolean;
}

/** Hands a run to a launcher, and says what can be done with it. */
export async function submit(
  args: SettingsArguments,
  { launcher, called, profile, json }: SubmitOptions,
): Promise<void> {
  const { ingredients, chosen, runs, monitor } = await prepared(args, launcher, profile, json);
  const { folder, handle } = await submitRun(ingredients, runs, called, chosen, EXP);
  if (json) {
    console.log(JSON.stringify({ run: folder.id, folder: folder.path, status: 'queued', job: handle }));
    return;
  }
  monitor.log(`Submitted to ${chosen.name} as job ${handle}: ${displayPath(folder.path)}`);
  monitor.log(`  Show its status:   exp runs show ${folder.id}`);
  monitor.log(`  Log file:          ${displayPath(`${folder.path}/job.log`)}`);
  monitor.log(`  Cancel it:         exp runs cancel ${folder.id}`);
}

/** Says what would be handed to a launcher. */
export async function printSubmission(
  args: SettingsArguments,
  { launcher, called, profile, json }: SubmitOptions,
): Promise<void> {
  const { ingredients, chosen, runs } = await prepared(args, launcher, profile, json);
  const script = await describeSubmission(ingredients, runs, called, chosen, EXP);
  if (json) console.log(JSON.stringify({ experiment: args.experiment, launcher: chosen.name, script }, null, 2));
  else
    console.log(
      `${script ?? `${chosen.name} would start it on this machine, in the background.\n`}Nothing was started.`,
    );
}

async function prepared(args: SettingsArguments, name: string, profile: boolean, json: boolean) {
  const { registry, monitor, runs } = openLab(json);
  const { settings, launcher } = splitLauncherOverrides([...args.settings, ...args.set]);
  const overrides = await overridesOf({ ...args, settings, set: [] });
  const ingredients = { registry, monitor, name: args.experiment, overrides, profile };
  return { ingredients, chosen: chooseLauncher(registry, name, launcher), runs, monitor };
}
