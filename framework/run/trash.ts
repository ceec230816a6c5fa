import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../errors';
import { readJSON, writeJSON } from '../util/json-file';
import { moveFolder } from '../util/move-folder';
import { checkFolderWritable } from '../util/writable';
import { allRuns, findRun } from './find-run';
import type { RunSummary } from './listing/run-summary';
import { RunFolder } from './run-folder';
import { isBeingWritten } from './status/attempt';
import { commandName } from '../util/command-name';

/** TensorBoard shows every file with `tfevents` in its name, also in hidden folders. */
const [SHOWN, HIDDEN] = ['tfevents', 'removed-events'];

/** Folder of removed runs, within the folder of all runs: on the same disk, with a subfolder for each experiment. */
export function trashOf(root: string): string {
  return join(root, '.trash');
}

/**
 * Moves a run to the trash.
 * @returns its new folder
 * @throws UserError if it is being written, or its folder or that of all runs is not writable
 */
export function removeRun(run: RunFolder): RunFolder {
  if (isBeingWritten(run)) {
    throw new UserError(`${run.id} is running and cannot be removed.`, { hints: ['Stop it first with Ctrl-C.'] });
  }
  for (const folder of [run.path, run.root]) checkFolderWritable(folder);
  const path = freePath(join(trashOf(run.root), experimentOf(run)), run.id);
  // Marked before it is moved, so that every run in the trash has the time of its removal.
  writeJSON(markOf(run), { removedAt: new Date().toISOString() });
  const removed = move(run, path);
  renameEvents(removed, SHOWN, HIDDEN);
  return removed;
}

/**
 * Finds a run in the trash, by a name as for `findRun`.
 * @throws UserError if there is none
 */
export function findRemoved(root: string, name: string): RunFolder {
  if (allRuns(trashOf(root)).length === 0) throw new UserError('The trash is empty.');
  return findRun(trashOf(root), name);
}

/**
 * Moves a run from the trash back to its original folder.
 * @param root folder of all runs
 * @throws UserError if that folder exists
 */
export function restoreRun(root: string, removed: RunFolder): RunFolder {
  const path = join(root, experimentOf(removed), removed.id);
  if (existsSync(path)) throw new UserError(`${path} already exists.`);
  for (const folder of [removed.path, root]) checkFolderWritable(folder);
  renameEvents(removed, HIDDEN, SHOWN);
  const restored = move(removed, path);
  rmSync(markOf(restored), { force: true });
  return restored;
}

/**
 * Permanently deletes the runs in the trash that were removed before a time. If a run is a link, only the link is deleted.
 * @returns their ids
 */
export async function emptyTrash(root: string, before: Date): Promise<string[]> {
  const old = allRuns(trashOf(root)).filter((run) => removedAt(run) < before.getTime());
  for (const { path } of old) await rm(path, { recursive: true });
  return old.map(({ id }) => id);
}

/** Time of the removal, in milliseconds since 1970. A run without a mark, which was moved there manually, counts from now on. */
function removedAt(run: RunFolder): number {
  if (!existsSync(markOf(run))) writeJSON(markOf(run), { removedAt: new Date().toISOString() });
  return Date.parse(readJSON(markOf(run), v.looseObject({ removedAt: v.string() })).removedAt);
}

function markOf({ path }: RunFolder): string {
  return join(path, 'removed.json');
}

function experimentOf({ path }: RunFolder): string {
  return basename(dirname(path));
}

function move(run: RunFolder, path: string): RunFolder {
  mkdirSync(dirname(path), { recursive: true });
  moveFolder(run.path, path);
  return new RunFolder(path);
}

/** An unused path in a folder. */
function freePath(folder: string, name: string, attempt = 1): string {
  const path = join(folder, attempt === 1 ? name : `${name}-${attempt}`);
  return existsSync(path) ? freePath(folder, name, attempt + 1) : path;
}

function renameEvents({ tensorboard }: RunFolder, from: string, to: string): void {
  if (!existsSync(tensorboard)) return;
  for (const name of readdirSync(tensorboard, { encoding: 'utf8' }).filter((each) => each.includes(from)))
    renameSync(join(tensorboard, name), join(tensorboard, name.replace(from, to)));
}

/** @throws UserError if a run is queued: its launcher would start it in a removed folder */
export function assertNotQueued({ id, status }: RunSummary): void {
  if (status !== 'queued' && status !== 'preempted') return;
  throw new UserError(`${id} is ${status} and cannot be removed.`, {
    hints: [`Cancel it first: ${commandName()} runs cancel ${id}`],
  });
}
