import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '../util/nearest';
import { UserError } from '../errors';
import { foldersIn, isFolder } from '../util/folders';
import { newestFirst } from './newest-first';
import { RunFolder } from './run-folder';
import { commandName } from '../util/command-name';

/** All runs in the folder of all runs, sorted by id; without removed ones, which are in a hidden folder. */
export function allRuns(root: string): RunFolder[] {
  return foldersOfRuns(root).filter(isRun);
}

/** Folders that may be runs, without checking for a record, sorted by id. @throws UserError if `root` is a file */
export function foldersOfRuns(root: string): RunFolder[] {
  if (existsSync(root) && !isFolder(root))
    throw new UserError(`${root} is not a folder.`, { hints: ['EXPLAB_RUNS sets the folder of all runs.'] });
  const experiments = foldersIn(root).map((name) => join(root, name));
  const paths = experiments.flatMap((experiment) => foldersIn(experiment).map((name) => join(experiment, name)));
  const folders = paths.map((path) => new RunFolder(path));
  return folders.sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}

/**
 * Finds a run by its folder; its id, optionally with its experiment (`regress/20261122-231507`); its name, which selects the latest one;
 * or a unique prefix of its id. `latest` is the latest run of all.
 * @throws UserError suggesting the nearest id, or listing all matches
 */
export function findRun(root: string, name: string): RunFolder {
  const byPath = [resolve(name), resolve(root, name)].map((path) => new RunFolder(path)).find(isRun);
  if (name !== '' && byPath) return byPath;
  const folders = foldersOfRuns(root);
  const [one, ...others] = matches(folders, name);
  if (one && others.length > 0) throw ambiguous(name, [one, ...others]);
  return one ?? notFound(root, name, folders.filter(isRun));
}

/**
 * Finds the latest run for `latest` or a user-given name.
 * @param isSuitable filter
 */
export function findNewest(root: string, name: string, isSuitable: (run: RunFolder) => boolean): RunFolder | undefined {
  return newestNamed(foldersOfRuns(root), name, isSuitable);
}

function newestNamed(
  folders: readonly RunFolder[],
  name: string,
  isSuitable: (run: RunFolder) => boolean = () => true,
): RunFolder | undefined {
  const named = folders.filter(({ id }) => name === 'latest' || isNamed(id, name));
  for (const run of newestFirst(named)) if (isSuitable(run)) return run;
  return undefined;
}

/** The runs that a name may refer to. */
function matches(folders: readonly RunFolder[], name: string): RunFolder[] {
  const exact = folders.filter(({ id }) => id === name).filter(isRun);
  if (exact.length > 0) return exact;
  const newest = newestNamed(folders, name);
  if (newest) return [newest];
  return name === '' ? [] : folders.filter(({ id }) => id.startsWith(name)).filter(isRun);
}

function isRun({ record }: RunFolder): boolean {
  return existsSync(record);
}

/** True if a run's id has a user-given name: after the time, and before an optional number. */
function isNamed(id: string, name: string): boolean {
  const [, rest] = /^\d{8}-\d{6}-(\D.*)$/.exec(id) ?? [];
  return rest !== undefined && (rest === name || rest.replace(/-\d+$/, '') === name);
}

function ambiguous(name: string, found: readonly RunFolder[]): UserError {
  const ids = found.slice(-10).map(({ path }) => path.split('/').slice(-2).join('/'));
  const more = found.length > ids.length ? ` and ${found.length - ids.length} older ones` : '';
  return new UserError(`"${name}" is ambiguous: it matches ${found.length} runs.`, {
    hints: [`${ids.join(', ')}${more}`],
  });
}

function notFound(root: string, name: string, runs: readonly RunFolder[]): never {
  if (name === 'latest' && runs.length === 0)
    throw new UserError(`There are no runs yet in ${root}.`, { hints: [`Start one: ${commandName()} run EXPERIMENT`] });
  const ids = runs.map(({ id }) => id);
  const near = nearest(name, ids);
  const hints = [
    ...(near === undefined ? [] : [`Did you mean ${near}?`]),
    ids.length === 0
      ? `There are no runs yet: ${commandName()} run EXPERIMENT`
      : `The latest runs: ${latest(runs).join(', ')}.`,
  ];
  throw new UserError(`There is no run "${name}" in ${root}.`, { hints: [hints.join(' ')] });
}

/** Ids of the five latest. */
function latest(runs: readonly RunFolder[]): string[] {
  return [...newestFirst(runs)].slice(0, 5).map(({ id }) => id);
}
