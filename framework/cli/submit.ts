import type { Called } from '../experiment/lifecycle/start';
import { chooseLauncher } from '../experiment/launching/choose-launcher';
import { describeSubmission, submitRun } from '../experiment/launching/submit-run';
import { EXP, openLab } from './lab';
import { shown } from './runs-folder';
import { partLauncher } from './options/launcher';
import { type SettingsArguments, overridesOf } from './options/settings';

interface Wanted {
  /** The name of the launcher. */
  readonly launcher: string;
  readonly called: Called;
  readonly profile: boolean;
  readonly json: boolean;
}

/** Hands a run to a launcher, and says what can be done with it. */
export async function submit(words: SettingsArguments, { launcher, called, profile, json }: Wanted): Promise<void> {
  const { ingredients, chosen, runs, monitor } = await prepared(words, launcher, profile, json);
  const { folder, handle } = await submitRun(ingredients, runs, called, chosen, EXP);
  if (json) {
    console.log(JSON.stringify({ run: folder.id, folder: folder.path, status: 'queued', job: handle }));
    return;
  }
  monitor.say(`Submitted to ${chosen.name} as job ${handle}: ${shown(folder.path)}`);
  monitor.say(`  See how it goes:   exp runs show ${folder.id}`);
  monitor.say(`  What it prints:    ${shown(`${folder.path}/job.log`)}`);
  monitor.say(`  End it:            exp runs cancel ${folder.id}`);
}

/** Says what would be handed to a launcher. */
export async function tellSubmission(
  words: SettingsArguments,
  { launcher, called, profile, json }: Wanted,
): Promise<void> {
  const { ingredients, chosen, runs } = await prepared(words, launcher, profile, json);
  const script = await describeSubmission(ingredients, runs, called, chosen, EXP);
  if (json) console.log(JSON.stringify({ experiment: words.experiment, launcher: chosen.name, script }, null, 2));
  else console.log(`${script ?? `${chosen.name} would start it here, in the background.\n`}Nothing was started.`);
}

async function prepared(words: SettingsArguments, name: string, profile: boolean, json: boolean) {
  const { registry, monitor, runs } = openLab(json);
  const { settings, launcher } = partLauncher([...words.settings, ...words.set]);
  const overrides = await overridesOf({ ...words, settings, set: [] });
  const ingredients = { registry, monitor, name: words.experiment, overrides, profile };
  return { ingredients, chosen: chooseLauncher(registry, name, launcher), runs, monitor };
}
