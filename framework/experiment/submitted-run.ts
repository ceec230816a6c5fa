import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Override } from '../config/override';
import { UserError } from '../errors';
import { RunFolder } from '../run/run-folder';
import { givenSettings, readRecord } from '../run/run-record';

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
): { folder: RunFolder; given: readonly Override[] | undefined } {
  const folder = new RunFolder(join(root, experiment, id));
  if (!existsSync(folder.path))
    throw new UserError(`The run ${id} was submitted, and its folder is gone: ${folder.path}`);
  return { folder, given: existsSync(folder.record) ? givenSettings(readRecord(folder)) : undefined };
}
