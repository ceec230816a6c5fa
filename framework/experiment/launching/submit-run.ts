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
import type { RunOptions } from '../assembly';
import { rehearse } from '../lifecycle/rehearse';
import { type RunIdentity, newFolder } from '../lifecycle/start';
import { type ChosenLauncher, prepareLauncher } from './choose-launcher';

/** A run that waits for its launcher. */
export interface SubmittedRun {
  readonly folder: RunFolder;
  readonly handle: string;
}

/**
 * Hands a run to a launcher. It has its folder and its record at once, with the status `queued`.
 * @param root the folder of all runs
 * @param exp the words that start `exp`
 * @throws UserError where the name or the settings are wrong or the launcher cannot take it, before anything is made
 */
export async function submitRun(
  ingredients: RunOptions,
  root: string,
  called: RunIdentity,
  chosen: ChosenLauncher,
  exp: readonly string[],
): Promise<SubmittedRun> {
  const { launcher, name, settings } = chosen;
  const overrides = await checked(ingredients, called, chosen);
  checkFolderWritable(root);
  await prepareLauncher(launcher);
  const folder = newFolder(root, ingredients.name, called);
  let handle: string | undefined;
  try {
    startRecord(folder, ingredients.name, overrides, {});
    const submittedAt = new Date().toISOString();
    updateRecord(folder, { status: 'queued', submittedAt });
    handle = await launcher.submit(jobOf(ingredients, folder, exp));
    writeSubmission(folder, { launcher: name, settings, handle, submittedAt });
    await launcher.release([handle]);
    return { folder, handle };
  } catch (error) {
    if (handle !== undefined) await launcher.cancel([handle]);
    discard(folder);
    throw error;
  }
}

/** Takes away what was made of a run that could not be submitted; the folder, unless it had something in it before. */
function discard({ path, record, submission }: RunFolder): void {
  for (const file of [record, submission, join(path, 'job.sh')]) rmSync(file, { force: true });
  if (readdirSync(path).length === 0) rmdirSync(path);
}

/**
 * What would be handed over, as a person reads it; nothing where the launcher has no such text.
 * @throws UserError for whatever would be refused, as far as that can be told without the launcher's help
 */
export async function describeSubmission(
  ingredients: RunOptions,
  root: string,
  called: RunIdentity,
  chosen: ChosenLauncher,
  exp: readonly string[],
): Promise<string | undefined> {
  await checked(ingredients, called, chosen);
  const id = called.id ?? (called.name === undefined ? 'ID' : `ID-${called.name}`);
  const job = jobOf(ingredients, new RunFolder(join(root, ingredients.name, id)), exp);
  return chosen.launcher.describe({ name: job.name, jobs: [job], atOnce: 1, folder: job.folder });
}

/** The settings of the run, with those that the launcher gives where they are not given. */
async function checked(
  ingredients: RunOptions,
  called: RunIdentity,
  { launcher }: ChosenLauncher,
): Promise<Override[]> {
  if (called.name !== undefined) checkRunName(called.name);
  const { overrides } = ingredients;
  const keys = overrides.map(({ key }) => key);
  const added = Object.entries(launcher.defaults).filter(([key]) => !keys.includes(key));
  const all = [...overrides, ...parseOverrides(added.map(([key, text]) => `${key}=${text}`))];
  await rehearse({ ...ingredients, overrides: all });
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
 * The folder that was made for a run when it was submitted, and the settings that it was submitted with; a job of a sweep has its settings
 * on its command line until it has begun.
 * @param root the folder of all runs
 * @throws UserError where the folder is gone
 */
export function submittedRun(
  root: string,
  experiment: string,
  id: string,
): { folder: RunFolder; overrides: readonly Override[] | undefined } {
  const folder = new RunFolder(join(root, experiment, id));
  if (!existsSync(folder.path))
    throw new UserError(`The run ${id} was submitted, and its folder is gone: ${folder.path}`);
  return { folder, overrides: existsSync(folder.record) ? recordedOverrides(readRecord(folder)) : undefined };
}
