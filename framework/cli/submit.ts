import type { RunIdentity } from '../experiment/lifecycle/start';
import { chooseLauncher } from '../experiment/launching/choose-launcher';
import { describeSubmission, submitRun } from '../experiment/launching/submit-run';
import { checkProject } from '../api/project';
import { EXP } from '../util/own-package';
import { createContext } from './command-context';
import { displayPath } from '../run/runs-folder';
import { splitLauncherOverrides } from './options/launcher';
import { type SettingsArguments, overridesOf } from './options/settings';
import { commandName } from '../util/command-name';

interface SubmitOptions {
  /** Name of the launcher. */
  readonly launcher: string;
  readonly identity: RunIdentity;
  readonly profile: boolean;
  readonly json: boolean;
}

/** Submits a run to a launcher, and prints the next commands. */
export async function submit(
  args: SettingsArguments,
  { launcher, identity, profile, json }: SubmitOptions,
): Promise<void> {
  const { runOptions, chosen, runs, monitor } = await prepareSubmission(args, launcher, profile, json);
  await checkProject(runs);
  const { folder, handle } = await submitRun(runOptions, runs, identity, chosen, EXP);
  if (json) {
    console.log(JSON.stringify({ run: folder.id, folder: folder.path, status: 'queued', job: handle }));
    return;
  }
  monitor.log(`Submitted to ${chosen.name} as job ${handle}: ${displayPath(folder.path)}`);
  monitor.log(`  Show its status:   ${commandName()} runs show ${folder.id}`);
  monitor.log(`  Its output:        ${displayPath(`${folder.path}/job.log`)}`);
  monitor.log(`  Cancel it:         ${commandName()} runs cancel ${folder.id}`);
}

/** Prints what would be submitted to a launcher. */
export async function printSubmission(
  args: SettingsArguments,
  { launcher, identity, profile, json }: SubmitOptions,
): Promise<void> {
  const { runOptions, chosen, runs } = await prepareSubmission(args, launcher, profile, json);
  const script = await describeSubmission(runOptions, runs, identity, chosen, EXP);
  if (json) console.log(JSON.stringify({ experiment: args.experiment, launcher: chosen.name, script }, null, 2));
  else
    console.log(
      `${script ?? `${chosen.name} would start it on this machine, in the background.\n`}Nothing was started.`,
    );
}

async function prepareSubmission(args: SettingsArguments, name: string, profile: boolean, json: boolean) {
  const { registry, monitor, runs } = createContext(json);
  const { settings, launcher } = splitLauncherOverrides([...args.settings, ...args.set]);
  const overrides = await overridesOf({ ...args, settings, set: [] });
  const runOptions = { registry, monitor, name: args.experiment, overrides, profile };
  return { runOptions, chosen: chooseLauncher(registry, name, launcher), runs, monitor };
}
