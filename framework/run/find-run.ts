import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '../util/nearest';
import { UserError } from '../errors';
import { foldersIn, isFolder } from '../util/folders';
import { newestFirst } from './newest-first';
import { RunFolder } from './run-folder';

/** Every run below the folder of all runs, by its name. What was removed lies in a hidden folder, and is none. */
export function allRuns(root: string): RunFolder[] {
  return foldersOfRuns(root).filter(isRun);
}

/** The same by the names of folders alone: some may turn out to be none. @throws UserError if `root` is a file */
export function foldersOfRuns(root: string): RunFolder[] {
  if (existsSync(root) && !isFolder(root))
    throw new UserError(`${root} is not a folder.`, { hints: ['EXPLAB_RUNS names the folder of all runs.'] });
  const experiments = foldersIn(root).map((name) => join(root, name));
  const paths = experiments.flatMap((experiment) => foldersIn(experiment).map((name) => join(experiment, name)));
  const folders = paths.map((path) => new RunFolder(path));
  return folders.sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
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

/**
 * The newest run that `latest`, or a name that the user gave, may stand for.
 * @param suits which of them are wanted
 */
export function findNewest(root: string, name: string, suits: (run: RunFolder) => boolean): RunFolder | undefined {
  return newestNamed(foldersOfRuns(root), name, suits);
}

function newestNamed(
  folders: readonly RunFolder[],
  name: string,
  suits: (run: RunFolder) => boolean = () => true,
): RunFolder | undefined {
  const named = folders.filter(({ id }) => name === 'latest' || isNamed(id, name));
  for (const run of newestFirst(named)) if (suits(run)) return run;
  return undefined;
}

/** The runs that a word may stand for. */
function meant(folders: readonly RunFolder[], name: string): RunFolder[] {
  const exact = folders.filter(({ id }) => id === name).filter(isRun);
  if (exact.length > 0) return exact;
  const newest = newestNamed(folders, name);
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
    ids.length === 0 ? 'There are no runs yet: exp run diffuse' : `The latest runs: ${latest(runs).join(', ')}.`,
  ];
  throw new UserError(`There is no run "${name}" in ${root}.`, { hints: [hints.join(' ')] });
}

/** The ids of the five newest. */
function latest(runs: readonly RunFolder[]): string[] {
  return [...newestFirst(runs)].slice(0, 5).map(({ id }) => id);
}
