import { join, relative } from 'node:path';
import * as v from 'valibot';
import type { Schema } from '../../util/json-file';
import { messageOf } from '../../errors';
import { hashOfFile } from './binary-file';
import { Git } from './git';
import { EXCLUDED_FILE, type ExcludedFile, partitionFiles } from './partition-files';
import { withoutSecrets } from './remote-url';
import { withScratchIndex } from './scratch-index';

/** The state of the code that a process ran: a commit, and what differed from it. */
export interface SourceRecord {
  /** The repository's folder. */
  readonly root: string;
  /** Nothing before the first commit. */
  readonly commit?: string;
  /** Nothing where a commit is checked out rather than a branch. */
  readonly branch?: string;
  /** Where the branch comes from, without passwords and tokens. */
  readonly remote?: string;
  /** Whether anything differed from the commit; ignored files do not count. */
  readonly dirty: boolean;
  /** Files that git does not know; the patch makes them. */
  readonly untracked: readonly string[];
  /** Files that differed but are not in the patch; the first thousand. */
  readonly leftOut: readonly ExcludedFile[];
  readonly leftOutCount: number;
}

/** What a file must have of one. */
export const SOURCE: Schema<SourceRecord> = v.looseObject({
  root: v.string(),
  commit: v.exactOptional(v.string()),
  branch: v.exactOptional(v.string()),
  remote: v.exactOptional(v.string()),
  dirty: v.boolean(),
  untracked: v.array(v.string()),
  leftOut: v.array(EXCLUDED_FILE),
  leftOutCount: v.number(),
});

const MAX_EXCLUDED = 1000;

/** So that neither the user's settings nor attributes change what a patch says. */
const EXACT = [
  ...['--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--unified=3', '--submodule=short', '--ignore-submodules=dirty'],
];

/**
 * Records the code of a folder as it is now.
 * @param patch the file that gets what differs from the commit, untracked files too: `git apply` makes the same tree of it in a clean
 * checkout. Nothing is written where nothing differs.
 * @param except a folder whose files are no code, such as that of all runs
 * @returns nothing where there is no git, or no repository
 * @throws Error with what git says
 */
export async function recordSource(folder: string, patch: string, except: string): Promise<SourceRecord | undefined> {
  const git = await repositoryOf(folder);
  if (!git) return undefined;
  const [commit, branchAndRemote] = await Promise.all([
    git.ask(['rev-parse', '--verify', '--quiet', 'HEAD']),
    placeOf(git),
  ]);
  const changes = await withScratchIndex(git, true, (scratch) =>
    writePatch(scratch, commit, patch, pathspec(git.folder, except)),
  );
  return { root: git.folder, ...(commit !== undefined && { commit }), ...branchAndRemote, ...changes };
}

/** The repository that a folder is in. @returns nothing where there is no git, or no repository */
export async function repositoryOf(folder: string): Promise<Git | undefined> {
  try {
    return new Git(await new Git(folder).run(['rev-parse', '--show-toplevel']));
  } catch (error) {
    if (/ENOENT|not a git repository|must be run in a work tree/.test(messageOf(error))) return undefined;
    throw error;
  }
}

async function placeOf(git: Git): Promise<{ branch?: string; remote?: string }> {
  const branch = await git.ask(['symbolic-ref', '--short', '--quiet', 'HEAD']);
  const name = (branch && (await git.ask(['config', `branch.${branch}.remote`]))) ?? 'origin';
  const remote = await git.ask(['remote', 'get-url', name]);
  return { ...(branch && { branch }), ...(remote && { remote: withoutSecrets(remote) }) };
}

/** All of the repository but a folder of it. */
export function pathspec(root: string, except: string): string[] {
  const path = relative(root, except);
  return ['--', ':/', ...(path === '' || path.startsWith('..') ? [] : [`:(top,exclude,literal)${path}`])];
}

async function writePatch(
  git: Git,
  commit: string | undefined,
  patch: string,
  where: readonly string[],
): Promise<Pick<SourceRecord, 'dirty' | 'untracked' | 'leftOut' | 'leftOutCount'>> {
  const base = commit ?? (await git.run(['hash-object', '-t', 'tree', '--stdin']));
  const changed = ['diff', '--name-only', '-z', '--no-renames'];
  const [tracked, anySubmodule, untracked] = await Promise.all([
    git.names([...changed, '--ignore-submodules=dirty', base, ...where]),
    git.names([...changed, '--ignore-submodules=none', base, ...where]),
    git.names(['ls-files', '--others', '--exclude-standard', '-z', ...where]),
  ]);
  const { kept, leftOut } = partitionFiles(git.folder, { tracked, untracked });
  const added = await addAll(git, untracked, kept);
  const large = new Set(leftOut.map(({ path }) => path));
  const excluded = tracked.filter((path) => large.has(path)).map((path) => `:(top,exclude,literal)${path}`);
  if (kept.length > 0) await git.write(['diff', ...EXACT, base, ...where, ...excluded], patch);
  const known = new Set(tracked);
  const submodules = anySubmodule.filter((path) => !known.has(path));
  const all = [...leftOut, ...submodules.map((path) => ({ path, reason: 'a submodule with changes of its own' }))];
  return {
    dirty: tracked.length + untracked.length + submodules.length > 0,
    untracked: added,
    leftOut: all.slice(0, MAX_EXCLUDED).map((file) => hashed(git.folder, file)),
    leftOutCount: all.length,
  };
}

/** A binary file with its hash, so that a change can be told. */
function hashed(root: string, file: ExcludedFile): ExcludedFile {
  return file.bytes === undefined ? file : { ...file, sha256: hashOfFile(join(root, file.path)) };
}

/** Makes a diff show untracked files, those that are kept, as new. Nothing of them is stored. @returns which */
async function addAll(git: Git, untracked: readonly string[], kept: readonly string[]): Promise<string[]> {
  const wanted = new Set(kept);
  const added = untracked.filter((path) => wanted.has(path));
  const args = ['add', '--intent-to-add', '--pathspec-from-file=-', '--pathspec-file-nul'];
  if (added.length > 0) await git.run(args, added.map((path) => `:(top,literal)${path}\0`).join(''));
  return added;
}
