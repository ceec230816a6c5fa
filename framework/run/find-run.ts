import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '../config/nearest';
import { UserError } from '../errors';
import { RunFolder } from './run-folder';

/** Numbers within ids count as numbers: of two runs of one second, the tenth comes after the second. */
const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** Every run below the folder of all runs, the oldest first. */
export function allRuns(root: string): RunFolder[] {
  const experiments = foldersIn(root).map((name) => join(root, name));
  const paths = experiments.flatMap((experiment) => foldersIn(experiment).map((name) => join(experiment, name)));
  const runs = paths.map((path) => new RunFolder(path)).filter((run) => existsSync(run.record));
  return runs.sort((a, b) => IN_ORDER.compare(a.id, b.id));
}

/**
 * The run of that folder or id, also with its experiment before it (`diffuse/20261122-231507`); or the newest of that name; or the only
 * one whose id begins so. `latest` is the newest of all.
 * @throws UserError proposing the nearest id, or naming all that are meant
 */
export function findRun(root: string, name: string): RunFolder {
  for (const path of [resolve(name), resolve(root, name)]) {
    const byPath = new RunFolder(path);
    if (name !== '' && existsSync(byPath.record)) return byPath;
  }
  const runs = allRuns(root);
  if (name === 'latest' && runs.length > 0) return runs.at(-1) as RunFolder;
  const exact = runs.filter(({ id }) => id === name);
  const named = runs.findLast(({ id }) => isNamed(id, name));
  if (exact.length === 0 && named) return named;
  const found = exact.length > 0 ? exact : runs.filter(({ id }) => name !== '' && id.startsWith(name));
  if (found.length > 1) throw ambiguous(name, found);
  return found[0] ?? notFound(root, name, runs);
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
