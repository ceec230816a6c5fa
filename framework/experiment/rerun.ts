import { copyFileSync, existsSync } from 'node:fs';
import { UserError } from '../errors';
import { ownVersions } from '../run/environment/environment-record';
import { environmentChanges } from '../run/environment/environment-changes';
import type { RunFolder } from '../run/run-folder';
import { readRecord, updateRecord } from '../run/run-record';
import { findInstallation } from '../tensorflow/install/installation';
import type { Ingredients } from './assembly';
import { type Outcome, startRun } from './execute';

/**
 * Starts a run again, from its beginning, in a new folder: with its settings, and with what was changed by `exp tune` at the same steps.
 * Tells where the code differs from that of the run.
 * @param ingredients the run's own, perhaps with further settings
 * @throws UserError where the run began with weights of a file
 */
export async function rerun(ingredients: Ingredients, original: RunFolder, root: string): Promise<Outcome> {
  checkBeginning(original);
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

function checkBeginning(original: RunFolder): void {
  const { importedFrom, experiment } = readRecord(original);
  if (!importedFrom) return;
  throw new UserError(`${original.id} did not begin with random weights but with those of ${importedFrom.file}.`, {
    hints: [`Begin with them again: exp import-weights ${importedFrom.file} ${experiment} [SETTINGS], and exp resume`],
  });
}
