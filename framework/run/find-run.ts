import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { didYouMean } from '../config/nearest';
import { UserError } from '../errors';
import { RunFolder } from './run-folder';

/** Every run below the folder of all runs, the oldest first. */
export function allRuns(root: string): RunFolder[] {
  const experiments = foldersIn(root).map((name) => join(root, name));
  const paths = experiments.flatMap((experiment) => foldersIn(experiment).map((name) => join(experiment, name)));
  const runs = paths.map((path) => new RunFolder(path)).filter((run) => existsSync(run.record));
  return runs.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

/**
 * The run of that id or folder, or the newest of that name; `latest` is the newest of all.
 * @throws UserError proposing the nearest id
 */
export function findRun(root: string, name: string): RunFolder {
  const byPath = new RunFolder(resolve(name));
  if (name !== '' && existsSync(byPath.record)) return byPath;
  const runs = allRuns(root);
  const found =
    name === 'latest'
      ? runs.at(-1)
      : (runs.find(({ id }) => id === name) ?? runs.findLast(({ id }) => isNamed(id, name)));
  if (found) return found;
  const ids = runs.map((run) => run.id).slice(-10);
  throw new UserError(`There is no run "${name}" in ${root}.`, {
    hints: [ids.length === 0 ? 'There are no runs yet: exp run diffuse' : didYouMean(name, ids, 'The latest runs')],
  });
}

/** Whether a run's id has a name that the user gave: after the time, and before a number where there are two. */
function isNamed(id: string, name: string): boolean {
  const [, rest] = /^\d{8}-\d{6}-(\D.*)$/.exec(id) ?? [];
  return rest !== undefined && (rest === name || rest.replace(/-\d+$/, '') === name);
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
