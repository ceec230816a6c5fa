import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldersIn, isFolder } from '../util/folders';
import { PLUGIN_FOLDERS } from './project-root';

/** A file or folder that looks like a plugin, but that no rule finds. */
export interface Stray {
  /** Relative to the project. */
  readonly file: string;
  readonly remedy: string;
}

/** Folders that authors mean as plugin folders. */
const MISTAKEN = ['plugin', 'experiment', ...PLUGIN_FOLDERS.map((name) => join('src', name))];

const hasFile = (folder: string, ...names: string[]) => names.some((name) => existsSync(join(folder, name)));

/** Looks for code in a project that was meant as a plugin. */
export function findStrays(root: string): Stray[] {
  const mistaken = MISTAKEN.filter((name) => isFolder(join(root, name))).map((file) => ({
    file,
    remedy: `Plugins are found below ${PLUGIN_FOLDERS.join('/ and ')}/ of the project.`,
  }));
  return [...mistaken, ...PLUGIN_FOLDERS.flatMap((name) => straysIn(root, name))];
}

function straysIn(root: string, folder: string): Stray[] {
  const path = join(root, folder);
  const isTop = PLUGIN_FOLDERS.includes(folder);
  // A domain's own files are what its domain.ts exports.
  if (!isFolder(path) || hasFile(path, 'domain.ts', 'domain.js')) return [];
  if (!isTop && hasFile(path, 'index.ts', 'index.js')) return [];
  const files = codeIn(path).map((name) => ({ file: join(folder, name), remedy: remedyFor(name, folder, isTop) }));
  return [...files, ...foldersIn(path).flatMap((name) => straysIn(root, join(folder, name)))];
}

const codeIn = (path: string) =>
  readdirSync(path)
    .filter((name) => /(?<!\.(d|test|spec))\.[cm]?[jt]s$/.test(name))
    .sort();

function remedyFor(name: string, folder: string, isTop: boolean): string {
  if (/\.[cm][jt]s$/.test(name)) return `A plugin is an index.ts or index.js: rename it.`;
  const own = name === 'index.ts' || name === 'index.js' ? 'NAME' : name.replace(/\.\w+$/, '');
  return isTop
    ? `A plugin is a folder of its own: move it to ${folder}/${own}/index.ts.`
    : `${folder} has code but no index.ts, which would export its options.`;
}
