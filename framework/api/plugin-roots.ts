import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { environmentVariable } from '../util/environment-variable';
import { CODE_ROOT } from '../util/own-package';
import type { Environment } from '../cluster/cluster';
import { PLUGIN_FOLDERS, projectRoot } from '../project/project-root';

/** Environment variable with folders whose plugins are trusted regardless of their owner, separated by colons; * for all. */
const SAFE_DIRECTORY = 'EXPLAB_SAFE_DIRECTORY';

/** A plugin folder owned by another user. */
export interface ForeignFolder {
  readonly path: string;
  readonly uid: number;
}

/**
 * The parents of the plugin folders: the package and the project, if they differ. Plugins are code, so those of the project, and its
 * package.json, which names packages with plugins, must be owned by this user or root, unless EXPLAB_SAFE_DIRECTORY lists it, as git's safe.directory does for repositories.
 * @param here the project's folder
 * @throws UserError naming a folder that belongs to another user
 */
export function pluginRoots(here = projectRoot()): string[] {
  if (here === CODE_ROOT) return [CODE_ROOT];
  const foreign = foreignFolder(here);
  if (foreign === undefined) return [CODE_ROOT, here];
  throw new UserError(`${foreign.path} belongs to another user (uid ${foreign.uid}), so its plugins are not loaded.`, {
    hints: [
      `If you trust everyone who can write there: export ${SAFE_DIRECTORY}=${here}`,
      'Or change to a folder of your own.',
    ],
  });
}

/** As `pluginRoots`, but omits a project with plugins of another user. */
export function trustedPluginRoots(): string[] {
  const here = projectRoot();
  return here === CODE_ROOT || foreignFolder(here) !== undefined ? [CODE_ROOT] : [CODE_ROOT, here];
}

/**
 * The first plugin folder in `root` that belongs to another user; both a link and its target are checked.
 * @param uid of this user; undefined on systems without user ids, which are not checked
 */
export function foreignFolder(
  root: string,
  uid = process.getuid?.(),
  environment: Environment = process.env,
): ForeignFolder | undefined {
  if (uid === undefined || isSafe(root, environment)) return undefined;
  const trusted = [0, uid, ...sudoUser(uid, environment)];
  for (const path of [...PLUGIN_FOLDERS, 'package.json'].map((name) => join(root, name))) {
    const owners = [lstatSync, statSync].map((stat) => stat(path, { throwIfNoEntry: false })?.uid);
    const foreignOwner = owners.find((owner) => owner !== undefined && !trusted.includes(owner));
    if (foreignOwner !== undefined) return { path, uid: foreignOwner };
  }
  return undefined;
}

function isSafe(root: string, environment: Environment): boolean {
  const trustedFolders = environmentVariable(SAFE_DIRECTORY, environment)?.split(':') ?? [];
  return trustedFolders.some((each) => each === '*' || tryRealpath(each) === tryRealpath(root));
}

/** Under sudo, root trusts the user who called it, as in git. */
function sudoUser(uid: number, environment: Environment): number[] {
  const caller = environmentVariable('SUDO_UID', environment);
  return uid === 0 && caller !== undefined && /^\d+$/.test(caller) ? [Number(caller)] : [];
}

function tryRealpath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
