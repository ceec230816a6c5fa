import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { savedSteps } from '../../checkpoint/checkpoint-folder';
import { UserError } from '../../errors';
import { ownVersions } from '../../run/environment/environment-record';
import { environmentChanges } from '../../run/environment/environment-changes';
import { RunFolder } from '../../run/run-folder';
import { type RunRecord, readRecord, updateRecord } from '../../run/run-record';
import { findInstallation } from '../../tensorflow/install/installation';
import type { RunOptions } from '../assembly';
import { describeChange } from './config-record';
import type { Outcome } from './outcome';
import { type StartOptions, startRun } from './start';
import type { CheckpointRef } from '../weights/checkpoint-ref';
import { inheritTuning, pendingTunes } from './tuning';

/**
 * Starts a run again, from its beginning, in a new folder: from the same checkpoint if it began with one, with its settings, and with what
 * was changed by `exp tune` at the same steps. Says where its code or its settings cannot be the same.
 * @param ingredients the run's own, with the changes
 * @param beginning what the new run is identity, and the settings that are named for it
 * @throws UserError if the run began with weights of a file, or with a checkpoint that is gone
 */
export async function rerun(
  ingredients: RunOptions,
  original: RunFolder,
  root: string,
  { identity, changes }: Pick<StartOptions, 'identity' | 'changes'> = {},
): Promise<Outcome> {
  const record = readRecord(original);
  checkBeginning(original, record);
  const from = sourceOf(original, record);
  const tensorflow = findInstallation()?.version;
  const versions = { ...ownVersions(), ...(tensorflow !== undefined && { tensorflow }) };
  for (const line of await environmentChanges(original, versions)) ingredients.monitor.log(line);
  for (const line of [...laterChanges(record), ...pendingTunes(original)]) ingredients.monitor.log(line);
  const begin = (folder: RunFolder): void => {
    updateRecord(folder, { rerunOf: original.id });
    // All of its own, which has what it had from the run that it began with.
    rmSync(folder.tuned, { force: true });
    inheritTuning(original, folder, Infinity);
  };
  return startRun(ingredients, root, { begin, from, ...(identity && { identity }), ...(changes && { changes }) });
}

/** @throws UserError if the run began with weights of a file, or with a checkpoint that is gone */
export function checkRerun(original: RunFolder): void {
  const record = readRecord(original);
  checkBeginning(original, record);
  sourceOf(original, record);
}

/** The checkpoint that a run began with. @throws UserError if it is gone */
function sourceOf(original: RunFolder, { from, experiment }: RunRecord): CheckpointRef | undefined {
  if (!from) return undefined;
  const run = new RunFolder(join(original.root, experiment, from.run));
  if (savedSteps(run.checkpoints).includes(from.step)) return { ...from, run };
  const hint = existsSync(run.record)
    ? `The run has removed it since: checkpoint.keep and checkpoint.keepEvery say which it keeps. Begin with another: exp run --from ${from.run}`
    : `The run is not in ${original.root}. If it is in the trash: exp runs restore ${from.run}`;
  throw new UserError(`${original.id} began with the checkpoint of step ${from.step} of ${from.run}, which is gone.`, {
    hints: [hint],
  });
}

/** Settings that were changed when the run was resumed are, in the new run, the changed ones from its first step. */
function laterChanges({ changes = [] }: RunRecord): string[] {
  return changes.flatMap(({ step, settings }) =>
    Object.entries(settings).map(
      ([key, change]) =>
        `${key}: ${describeChange(change)} after step ${step} in that run; the rerun has the new value from the start`,
    ),
  );
}

function checkBeginning(original: RunFolder, { importedFrom, experiment }: RunRecord): void {
  if (!importedFrom) return;
  throw new UserError(`${original.id} did not begin with random weights but with those of ${importedFrom.file}.`, {
    hints: [`Begin with them again: exp import-weights ${importedFrom.file} ${experiment} [SETTINGS], and exp resume`],
  });
}
