import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codeChanges } from '../code/code-changes';
import type { RunFolder } from '../run-folder';
import { patchIn, readEnvironment } from './environment-record';

/** How many files are told by name. */
const MAX_REPORTED = 5;

/**
 * Tells where the code and the versions differ from those that a run was started with.
 * @param versions of what this process runs on, by name
 * @returns lines for a person
 */
export async function environmentChanges(
  run: RunFolder,
  versions: Readonly<Record<string, string>>,
): Promise<string[]> {
  const before = readEnvironment(run);
  if (!before) return [`It is not recorded what code ${run.id} ran.`];
  const changed = Object.entries(before.versions).filter(([name, version]) => (versions[name] ?? version) !== version);
  const lines = changed.map(([name, version]) => `${name} ${version} is now ${versions[name] ?? ''}`);
  return [...(await codeLines(run, before)), ...(lines.length > 0 ? [`Versions differ: ${lines.join(', ')}.`] : [])];
}

async function codeLines(
  run: RunFolder,
  { source }: NonNullable<ReturnType<typeof readEnvironment>>,
): Promise<string[]> {
  if (!source) return [`It is not recorded what code ${run.id} ran: it was in no repository.`];
  const patch = patchIn(join(run.attempts, '1'));
  const { files, unknown } = await codeChanges(process.cwd(), source, patch, run.root);
  if (unknown !== undefined) return [`The code cannot be compared with that of ${run.id}: ${unknown}.`];
  if (files.length === 0) return [`The code is that of ${run.id}.`];
  const rest = files.length > MAX_REPORTED ? ` and ${files.length - MAX_REPORTED} more` : '';
  return [
    `The code is not that of ${run.id}; these differ: ${files.slice(0, MAX_REPORTED).join(', ')}${rest}.`,
    `  To have its code in another folder: ${rebuild(source, patch)}`,
  ];
}

/** The commands that make the code of a run. */
function rebuild({ commit = 'HEAD' }: { commit?: string }, patch: string): string {
  const checkout = `git worktree add FOLDER ${commit.slice(0, 10)}`;
  // All that differed may have been left out.
  return existsSync(patch) ? `${checkout} && git -C FOLDER apply ${patch}` : checkout;
}
