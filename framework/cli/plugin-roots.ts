import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { environmentVariable } from '../util/environment-variable';
import type { Environment } from '../cluster/cluster';

/** Folders that plugins are found in, below the package and below the working directory. */
export const PLUGIN_FOLDERS = ['plugins', 'experiments'];

/** Folders whose plugins are run whoever they belong to, separated by colons; * stands for all. */
const SAFE_DIRECTORY = 'EXPLAB_SAFE_DIRECTORY';

const OWN = join(__dirname, '../..');

/** A folder with plugins of another user. */
export interface ForeignFolder {
  readonly path: string;
  readonly uid: number;
}

/**
 * What the folders of plugins are in: the package, and the working directory where that is another. Plugins are code, so those of the working
 * directory are those of this user or of root, unless EXPLAB_SAFE_DIRECTORY names it, as git's safe.directory does for repositories.
 * @throws UserError naming a folder that belongs to another user
 */
export function pluginRoots(): string[] {
  const here = process.cwd();
  if (here === OWN) return [OWN];
  const foreign = foreignFolder(here);
  if (foreign === undefined) return [OWN, here];
  throw new UserError(`${foreign.path} belongs to another user (uid ${foreign.uid}), so its plugins are not loaded.`, {
    hints: [
      `If you trust everyone who can write there: export ${SAFE_DIRECTORY}=${here}`,
      'Or change to a folder of your own.',
    ],
  });
}

/** The same without a working directory whose plugins belong to another user. */
export function trustedPluginRoots(): string[] {
  const here = process.cwd();
  return here === OWN || foreignFolder(here) !== undefined ? [OWN] : [OWN, here];
}

/**
 * The first folder of plugins in `root` that belongs to another user; a link and what it leads to count both.
 * @param uid of this user; undefined where the system has none, and nothing is checked
 */
export function foreignFolder(
  root: string,
  uid = process.getuid?.(),
  environment: Environment = process.env,
): ForeignFolder | undefined {
  if (uid === undefined || isSafe(root, environment)) return undefined;
  const trusted = [0, uid, ...sudoUser(uid, environment)];
  for (const path of PLUGIN_FOLDERS.map((name) => join(root, name))) {
    const owners = [lstatSync, statSync].map((stat) => stat(path, { throwIfNoEntry: false })?.uid);
    const other = owners.find((owner) => owner !== undefined && !trusted.includes(owner));
    if (other !== undefined) return { path, uid: other };
  }
  return undefined;
}

function isSafe(root: string, environment: Environment): boolean {
  const named = environmentVariable(SAFE_DIRECTORY, environment)?.split(':') ?? [];
  return named.some((each) => each === '*' || real(each) === real(root));
}

/** Under sudo, root runs code of the user who called it, as git does. */
function sudoUser(uid: number, environment: Environment): number[] {
  const caller = environmentVariable('SUDO_UID', environment);
  return uid === 0 && caller !== undefined && /^\d+$/.test(caller) ? [Number(caller)] : [];
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
