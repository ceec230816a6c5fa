import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Override, parseOverrides } from '../../config/parse/override';
import { UserError } from '../../errors';
import type { Job } from '../../kinds/launcher';
import { RunFolder } from '../../run/run-folder';
import { checkRunName } from '../../run/run-name';
import { recordedOverrides, readRecord, startRecord, updateRecord } from '../../run/run-record';
import { writeSubmission } from '../../run/status/submission';
import { checkFolderWritable } from '../../util/writable';
import type { RunOptions } from '../run-container';
import { checkExperiment } from '../lifecycle/check-experiment';
import { type RunIdentity, newFolder } from '../lifecycle/start';
import { type ChosenLauncher, prepareLauncher } from './choose-launcher';

/** A run submitted to a launcher. */
export interface SubmittedRun {
  readonly folder: RunFolder;
  readonly handle: string;
}

/**
 * Submits a run to a launcher, and creates its folder and its record with the status `queued`.
 * @param root folder of all runs
 * @param exp command line that starts `exp`
 * @throws UserError if the name or the settings are invalid or the launcher rejects the run; nothing is created then
 */
export async function submitRun(
  options: RunOptions,
  root: string,
  identity: RunIdentity,
  chosen: ChosenLauncher,
  exp: readonly string[],
): Promise<SubmittedRun> {
  const { launcher, name, settings } = chosen;
  const overrides = await checkedOverrides(options, identity, chosen);
  checkFolderWritable(root);
  await prepareLauncher(launcher);
  const folder = newFolder(root, options.name, identity);
  let handle: string | undefined;
  try {
    startRecord(folder, options.name, overrides, {});
    const submittedAt = new Date().toISOString();
    updateRecord(folder, { status: 'queued', submittedAt });
    handle = await launcher.submit(jobOf(options, folder, exp));
    writeSubmission(folder, { launcher: name, settings, handle, submittedAt });
    await launcher.release([handle]);
    return { folder, handle };
  } catch (error) {
    if (handle !== undefined) await launcher.cancel([handle]);
    discard(folder);
    throw error;
  }
}

/** Removes the files of a run that could not be submitted, and its folder if that is empty then. */
function discard({ path, record, submission }: RunFolder): void {
  for (const file of [record, submission, join(path, 'job.sh')]) rmSync(file, { force: true });
  if (readdirSync(path).length === 0) rmdirSync(path);
}

/**
 * Describes what would be submitted; undefined if the launcher has no description.
 * @throws UserError for every mistake that can be detected without submitting
 */
export async function describeSubmission(
  options: RunOptions,
  root: string,
  identity: RunIdentity,
  chosen: ChosenLauncher,
  exp: readonly string[],
): Promise<string | undefined> {
  await checkedOverrides(options, identity, chosen);
  const id = identity.id ?? (identity.name === undefined ? 'ID' : `ID-${identity.name}`);
  const job = jobOf(options, new RunFolder(join(root, options.name, id)), exp);
  return chosen.launcher.describe({ name: job.name, jobs: [job], maxConcurrent: 1, folder: job.folder });
}

/** The overrides of the run, with the launcher's defaults for settings that are not overridden. @throws UserError if invalid */
async function checkedOverrides(
  options: RunOptions,
  identity: RunIdentity,
  { launcher }: ChosenLauncher,
): Promise<Override[]> {
  if (identity.name !== undefined) checkRunName(identity.name);
  const { overrides } = options;
  const keys = overrides.map(({ key }) => key);
  const added = Object.entries(launcher.defaults).filter(([key]) => !keys.includes(key));
  const all = [...overrides, ...parseOverrides(added.map(([key, text]) => `${key}=${text}`))];
  await checkExperiment({ ...options, overrides: all });
  return all;
}

function jobOf({ name, profile = false }: RunOptions, folder: RunFolder, exp: readonly string[]): Job {
  const log = join(folder.path, 'job.log');
  const flags = profile ? ['--profile'] : [];
  return {
    name: `${name}-${folder.id}`,
    command: [...exp, 'run', name, '--id', folder.id, '--submitted', ...flags],
    resume: [...exp, 'resume', folder.path, ...flags],
    checkpoints: folder.checkpoints,
    environment: { EXPLAB_RUNS: folder.root },
    stdout: log,
    stderr: log,
    folder: folder.path,
  };
}

/**
 * The folder of a submitted run, and the settings that it was submitted with. A job of a sweep has no record, and its settings on its
 * command line, until it starts.
 * @param root folder of all runs
 * @throws UserError if the folder no longer exists
 */
export function submittedRun(
  root: string,
  experiment: string,
  id: string,
): { folder: RunFolder; overrides: readonly Override[] | undefined } {
  const folder = new RunFolder(join(root, experiment, id));
  if (!existsSync(folder.path))
    throw new UserError(`The folder of the submitted run ${id} no longer exists: ${folder.path}`);
  return { folder, overrides: existsSync(folder.record) ? recordedOverrides(readRecord(folder)) : undefined };
}
