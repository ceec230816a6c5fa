import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { foldersIn, isFolder } from '../../util/folders';
import { type PluginFile, Registry } from './registry';

/**
 * Loads plugins. A file that fails to load is recorded with its error in `registry.broken`, and stops only runs that need what it would have
 * registered.
 */
export function discover(files: readonly PluginFile[]): Registry {
  const registry = new Registry();
  for (const file of files) load(registry, file);
  return registry;
}

/**
 * The plugins below folders: each `index.ts` or `index.js`, at any depth, but not within another plugin.
 * @param root parent of the folders; names for display are relative to it
 */
export function pluginsBelow(root: string, folders: readonly string[]): PluginFile[] {
  // An index.ts of the folder itself would hide all plugins below.
  const parents = folders.flatMap((folder) => inside(join(root, folder)));
  const seen = new Set<string>();
  const paths = parents.flatMap((folder) => pluginFiles(folder, seen));
  return paths.map((path) => ({ file: relative(root, path), path }));
}

function load(registry: Registry, { file, ...source }: PluginFile): void {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- plugins are found at run time
    registry.add(require(source.path) as object, file, source);
  } catch (error) {
    registry.broken.push({ file, error: describeLoadError(error) });
  }
}

/** A plugin's error of any type, without the stacks of Node and of the compiler. */
function describeLoadError(error: unknown): Error {
  if (typeof error === 'string') return new Error(error);
  if (!(error instanceof Error)) return new Error(`it throws ${inspect(error)}, which is no Error`);
  const [message = ''] = error.message.split(/\nRequire stack:|\n+Stack backtrace:/);
  return message === error.message ? error : new Error(message, { cause: error });
}

function inside(folder: string): string[] {
  const names = foldersIn(folder).filter((name) => !/^_|^node_modules$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** The files of plugins, sorted, so that the result does not depend on the file system's order. Follows links, visiting each folder once. */
function pluginFiles(folder: string, seen: Set<string>): string[] {
  if (!isFolder(folder) || seen.has(realpathSync(folder))) return [];
  seen.add(realpathSync(folder));
  const index = ['index.js', 'index.ts'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (index !== undefined) return [index];
  return inside(folder).flatMap((each) => pluginFiles(each, seen));
}
