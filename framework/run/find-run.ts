import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '../config/nearest';
import { UserError } from '../errors';
import { RunFolder } from './run-folder';

/** Numbers within ids count as numbers: of two runs of one second, the tenth comes after the second. */
const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** Every run below the folder of all runs, the oldest first. */
export function allRuns(root: string): RunFolder[] {
  return foldersOfRuns(root).filter(isRun);
}

/** The same by the names of folders alone: some may turn out to be none. */
export function foldersOfRuns(root: string): RunFolder[] {
  const experiments = foldersIn(root).map((name) => join(root, name));
  const paths = experiments.flatMap((experiment) => foldersIn(experiment).map((name) => join(experiment, name)));
  return paths.map((path) => new RunFolder(path)).sort((a, b) => IN_ORDER.compare(a.id, b.id));
}

/**
 * The run of that folder or id, also with its experiment before it (`diffuse/20261122-231507`); or the newest of that name; or the only
 * one whose id begins so. `latest` is the newest of all.
 * @throws UserError proposing the nearest id, or naming all that are meant
 */
export function findRun(root: string, name: string): RunFolder {
  const byPath = [resolve(name), resolve(root, name)].map((path) => new RunFolder(path)).find(isRun);
  if (name !== '' && byPath) return byPath;
  const folders = foldersOfRuns(root);
  const [one, ...others] = meant(folders, name);
  if (one && others.length > 0) throw ambiguous(name, [one, ...others]);
  return one ?? notFound(root, name, folders.filter(isRun));
}

/** The runs that a word may stand for. @param folders the oldest first */
function meant(folders: readonly RunFolder[], name: string): RunFolder[] {
  const newest = folders.findLast((folder) => (name === 'latest' || isNamed(folder.id, name)) && isRun(folder));
  const exact = folders.filter(({ id }) => id === name).filter(isRun);
  if (exact.length > 0) return exact;
  if (newest) return [newest];
  return name === '' ? [] : folders.filter(({ id }) => id.startsWith(name)).filter(isRun);
}

function isRun({ record }: RunFolder): boolean {
  return existsSync(record);
}

/** Whether a run's id has a name that the user gave: after the time, and before a number where there are two. */
function isNamed(id: string, name: string): boolean {
  const [, rest] = /^\d{8}-\d{6}-(\D.*)$/.exec(id) ?? [];
  return rest !== undefined && (rest === name || rest.replace(/-\d+$/, '') === name);
}

function ambiguous(name: string, found: readonly RunFolder[]): UserError {
  const ids = found.slice(-10).map(({ path }) => path.split('/').slice(-2).join('/'));
  const more = found.length > ids.length ? ` and ${found.length - ids.length} before them` : '';
  return new UserError(`"${name}" may be one of ${found.length} runs.`, { hints: [`${ids.join(', ')}${more}`] });
}

function notFound(root: string, name: string, runs: readonly RunFolder[]): never {
  const ids = runs.map(({ id }) => id);
  const near = nearest(name, ids);
  const hints = [
    ...(near === undefined ? [] : [`Did you mean ${near}?`]),
    ids.length === 0 ? 'There are no runs yet: exp run diffuse' : `The latest runs: ${ids.slice(-5).join(', ')}.`,
  ];
  throw new UserError(`There is no run "${name}" in ${root}.`, { hints: [hints.join(' ')] });
}

/** Hidden folders are no runs: what was removed lies in one. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
}
