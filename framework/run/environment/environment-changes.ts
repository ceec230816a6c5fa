import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codeChanges } from '../code/code-changes';
import type { RunFolder } from '../run-folder';
import { patchIn, readEnvironment } from './environment-record';

/** Maximum number of files reported by name. */
const MAX_REPORTED = 5;

/**
 * Describes how the code and the versions differ from those that a run was started with.
 * @param versions of this process, by name
 * @returns lines of text
 */
export async function environmentChanges(
  run: RunFolder,
  versions: Readonly<Record<string, string>>,
): Promise<string[]> {
  const before = readEnvironment(run);
  if (!before) return [`The code of ${run.id} was not recorded.`];
  const changed = Object.entries(before.versions).filter(([name, version]) => (versions[name] ?? version) !== version);
  const lines = changed.map(([name, version]) => `${name} ${version} is now ${versions[name] ?? ''}`);
  return [...(await codeLines(run, before)), ...(lines.length > 0 ? [`Versions differ: ${lines.join(', ')}.`] : [])];
}

async function codeLines(
  run: RunFolder,
  { source }: NonNullable<ReturnType<typeof readEnvironment>>,
): Promise<string[]> {
  if (!source) return [`The code of ${run.id} was not recorded: it was not in a git repository.`];
  const patch = patchIn(join(run.attempts, '1'));
  const { files, unknown } = await codeChanges(process.cwd(), source, patch, run.root);
  if (unknown !== undefined) return [`The code cannot be compared with that of ${run.id}: ${unknown}.`];
  if (files.length === 0) return [`The code is unchanged since ${run.id}.`];
  const rest = files.length > MAX_REPORTED ? ` and ${files.length - MAX_REPORTED} more` : '';
  return [
    `The code has changed since ${run.id}: ${files.slice(0, MAX_REPORTED).join(', ')}${rest}.`,
    `  To restore its code in another folder: ${restoreCommand(source, patch)}`,
  ];
}

/** Shell commands that restore the code of a run. */
function restoreCommand({ commit = 'HEAD' }: { commit?: string }, patch: string): string {
  const checkout = `git worktree add FOLDER ${commit.slice(0, 10)}`;
  // There is no patch if all differences were excluded.
  return existsSync(patch) ? `${checkout} && git -C FOLDER apply ${patch}` : checkout;
}
