import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf } from '../errors';
import { Registry } from './registry';

/**
 * Loads every plugin below the given folders: each `index.ts` or `index.js`, at whatever depth. A file that fails to load is kept
 * with its reason in `registry.broken`, and stops only runs that need what it would have registered.
 * @param roots what the folders are in, and file names are told relative to
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
    registry.broken.push({ file: name, error: error instanceof Error ? error : new Error(messageOf(error)) });
  }
}

/** The plugins' files, sorted, so that what is found does not depend on the file system's order. */
function pluginFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const index = entries.find((entry) => entry.isFile() && /^index\.[jt]s$/.test(entry.name));
  if (index) return [join(folder, index.name)];
  const folders = entries.filter((entry) => entry.isDirectory() && !/^[._]|^node_modules$/.test(entry.name));
  return folders
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => pluginFiles(join(folder, name)));
}
