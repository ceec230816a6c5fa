import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors';
import { environmentVariable } from '../util/environment-variable';
import { isFolder } from '../util/folders';

/** Folders of a project whose plugins are found. */
export const PLUGIN_FOLDERS = ['plugins', 'experiments'];

/** Environment variable that names the project's folder. */
const ROOT_VARIABLE = 'EXPLAB_ROOT';

/**
 * The project's folder, with its plugins and runs: EXPLAB_ROOT, or the nearest of the working directory and its parents that has a package.json,
 * `plugins/` or `experiments/`. The home folder and its parents are no projects, unless one is the working directory; without a project, it is
 * the working directory.
 * @throws UserError if EXPLAB_ROOT is not a folder
 */
export function projectRoot(from = process.cwd()): string {
  const chosen = environmentVariable(ROOT_VARIABLE);
  if (chosen === undefined) return searchUpwards(from) ?? from;
  if (isFolder(chosen)) return resolve(chosen);
  throw new UserError(`${ROOT_VARIABLE}=${chosen}: there is no such folder.`);
}

function searchUpwards(folder: string, limit = homedir()): string | undefined {
  if (['package.json', ...PLUGIN_FOLDERS].some((name) => existsSync(join(folder, name)))) return folder;
  const parent = dirname(folder);
  const isAbove = parent === folder || limit === parent || limit.startsWith(join(parent, '/')) || parent === '/';
  return isAbove ? undefined : searchUpwards(parent, limit);
}
