import { copyFileSync, existsSync } from 'node:fs';
import { ownVersions } from '../run/environment/environment-record';
import { environmentChanges } from '../run/environment/environment-changes';
import type { RunFolder } from '../run/run-folder';
import { updateRecord } from '../run/run-record';
import { findInstallation } from '../tensorflow/install/installation';
import type { Ingredients } from './assembly';
import { type Outcome, startRun } from './execute';

/**
 * Starts a run again, from its beginning, in a new folder: with its settings, and with what was changed by `exp tune` at the same steps.
 * Tells where the code differs from that of the run.
 * @param ingredients the run's own, perhaps with further settings
 */
export async function rerun(ingredients: Ingredients, original: RunFolder, root: string): Promise<Outcome> {
  const tensorflow = findInstallation()?.version;
  const versions = { ...ownVersions(), ...(tensorflow !== undefined && { tensorflow }) };
  for (const line of await environmentChanges(original, versions)) ingredients.monitor.say(line);
  const begin = (folder: RunFolder): void => {
    updateRecord(folder, { rerunOf: original.id });
    if (existsSync(original.tune)) copyFileSync(original.tune, folder.tune);
    if (existsSync(original.tuned)) copyFileSync(original.tuned, folder.tuned);
  };
  return startRun(ingredients, root, { begin });
}
