import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { savedSteps } from '../../checkpoint/checkpoint-folder';
import { UserError } from '../../errors';
import { ownVersions } from '../../run/environment/environment-record';
import { environmentChanges } from '../../run/environment/environment-changes';
import { RunFolder } from '../../run/run-folder';
import { type RunRecord, readRecord, updateRecord } from '../../run/run-record';
import { findInstallation } from '../../tensorflow/install/installation';
import type { RunOptions } from '../run-container';
import { describeChange } from './config-record';
import type { Outcome } from './outcome';
import { type StartOptions, startRun } from './start';
import type { CheckpointRef } from '../weights/checkpoint-ref';
import { inheritTuning, pendingTunes } from './tuning';
import { commandName } from '../../util/command-name';

/**
 * Repeats a run in a new folder: with its settings, from the same checkpoint if it started from one, and with the changes of `exp tune`
 * at the same steps. Logs differences of code and settings.
 * @param options the run's own, with the changes
 * @param options identity of the new run, and the settings that are named for it
 * @throws UserError if the run started from imported weights, or from a checkpoint that no longer exists
 */
export async function rerun(
  options: RunOptions,
  original: RunFolder,
  root: string,
  { identity, changes }: Pick<StartOptions, 'identity' | 'changes'> = {},
): Promise<Outcome> {
  const record = readRecord(original);
  checkNotImported(original, record);
  const from = sourceOf(original, record);
  const tensorflow = findInstallation()?.version;
  const versions = { ...ownVersions(), ...(tensorflow !== undefined && { tensorflow }) };
  for (const line of await environmentChanges(original, versions)) options.monitor.log(line);
  for (const line of [...laterChanges(record), ...pendingTunes(original)]) options.monitor.log(line);
  const begin = (folder: RunFolder): void => {
    updateRecord(folder, { rerunOf: original.id });
    // The original's file includes what it inherited from the run that it started from.
    rmSync(folder.tuned, { force: true });
    inheritTuning(original, folder, Infinity);
  };
  const { initialWeights } = record;
  return startRun(options, root, {
    begin,
    from,
    initialWeights,
    ...(identity && { identity }),
    ...(changes && { changes }),
  });
}

/** @throws UserError if the run started from imported weights, or from a checkpoint that no longer exists */
export function checkRerun(original: RunFolder): void {
  const record = readRecord(original);
  checkNotImported(original, record);
  sourceOf(original, record);
}

/** The checkpoint that a run started from. @throws UserError if it no longer exists */
function sourceOf(original: RunFolder, { from, experiment }: RunRecord): CheckpointRef | undefined {
  if (!from) return undefined;
  const run = new RunFolder(join(original.root, experiment, from.run));
  if (savedSteps(run.checkpoints).includes(from.step)) return { ...from, run };
  const hint = existsSync(run.record)
    ? `The run has removed it (see checkpoint.keep and checkpoint.keepEvery). Start from another one: ${commandName()} run --from ${from.run}`
    : `The run is not in ${original.root}. If it is in the trash: ${commandName()} runs restore ${from.run}`;
  throw new UserError(
    `${original.id} started from the checkpoint of step ${from.step} of ${from.run}, which no longer exists.`,
    {
      hints: [hint],
    },
  );
}

/** Describes the settings changed when the run was resumed: the new run has the changed values from its first step. */
function laterChanges({ changes = [] }: RunRecord): string[] {
  return changes.flatMap(({ step, settings }) =>
    Object.entries(settings).map(
      ([key, change]) =>
        `${key}: ${describeChange(change)} after step ${step} in that run; the rerun has the new value from the start`,
    ),
  );
}

function checkNotImported(original: RunFolder, { importedFrom, experiment }: RunRecord): void {
  if (!importedFrom) return;
  throw new UserError(`${original.id} started from the weights of ${importedFrom.file}, not from random ones.`, {
    hints: [
      `Import them again: ${commandName()} import-weights ${importedFrom.file} ${experiment} [SETTINGS], then ${commandName()} resume`,
    ],
  });
}
