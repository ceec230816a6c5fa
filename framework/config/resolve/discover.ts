import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf } from '../../errors';
import { foldersIn, isFolder } from '../../util/folders';
import { Registry } from './registry';

/**
 * Loads every plugin below the given folders: each `index.ts` or `index.js`, at any depth. A file that fails to load is recorded
 * with its error in `registry.broken`, and stops only runs that need what it would have registered.
 * @param roots parents of the folders; file names are relative to them
 */
export function discover(roots: readonly string[], folders: readonly string[]): Registry {
  const registry = new Registry();
  for (const root of roots) {
    for (const folder of folders) {
      for (const file of pluginFiles(join(root, folder))) load(registry, file, relative(root, file));
    }
  }
  return registry;
}

function load(registry: Registry, file: string, name: string): void {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- plugins are found at run time
    registry.add(require(file) as object, name);
  } catch (error) {
    registry.broken.push({ file: name, error: describeLoadError(error) });
  }
}

/** A plugin's error, without Node's require stack. */
function describeLoadError(error: unknown): Error {
  const [message = ''] = messageOf(error).split('\nRequire stack:');
  return error instanceof Error && message === error.message ? error : new Error(message, { cause: error });
}

/** The files of plugins, sorted, so that the result does not depend on the file system's order. Follows links, visiting each folder once. */
function pluginFiles(folder: string, seen = new Set<string>()): string[] {
  if (!isFolder(folder) || seen.has(realpathSync(folder))) return [];
  seen.add(realpathSync(folder));
  const index = ['index.js', 'index.ts'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (index !== undefined) return [index];
  const names = foldersIn(folder).filter((name) => !/^_|^node_modules$/.test(name));
  return names.sort().flatMap((name) => pluginFiles(join(folder, name), seen));
}
