import { join, relative } from 'node:path';
import * as v from 'valibot';
import type { Schema } from '../../util/json-file';
import { messageOf } from '../../errors';
import { isFolder } from '../../util/folders';
import { hashOfFile } from './binary-file';
import { Git } from './git';
import { EXCLUDED_FILE, type ExcludedFile, partitionFiles } from './partition-files';
import { withoutSecrets } from './remote-url';
import { withScratchIndex } from './scratch-index';

/** State of the code that a process ran: a commit, and the differences from it. */
export interface SourceRecord {
  /** Folder of the repository. */
  readonly root: string;
  /** Undefined before the first commit. */
  readonly commit?: string;
  /** Undefined for a detached HEAD. */
  readonly branch?: string;
  /** URL of the branch's remote, without passwords and tokens. */
  readonly remote?: string;
  /** True if anything differed from the commit, except ignored files. */
  readonly dirty: boolean;
  /** Untracked files, which the patch contains. */
  readonly untracked: readonly string[];
  /** Files that differed but are excluded from the patch; the first thousand. */
  readonly leftOut: readonly ExcludedFile[];
  readonly leftOutCount: number;
}

/** Schema of a source record. */
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

const MAX_LISTED = 1000;

/** Options that make a patch independent of the user's settings and attributes. */
const PATCH_OPTIONS = [
  ...['--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--unified=3', '--submodule=short', '--ignore-submodules=dirty'],
];

/**
 * Records the current code of a folder.
 * @param patch file for the differences from the commit, including untracked files: `git apply` reproduces the same tree in a clean
 * checkout. Not written if nothing differs.
 * @param except folder that does not contain code, such as that of all runs
 * @returns undefined if there is no git, or no repository
 * @throws Error with git's message
 */
export async function recordSource(folder: string, patch: string, except: string): Promise<SourceRecord | undefined> {
  const git = await repositoryOf(folder);
  if (!git) return undefined;
  const [{ commit, branch }, remote] = await Promise.all([headOf(git), remoteOf(git)]);
  const changes = await withScratchIndex(git, true, (scratch) =>
    writePatch(scratch, commit, patch, pathspec(git.folder, except)),
  );
  return {
    root: git.folder,
    ...(commit !== undefined && { commit }),
    ...(branch && { branch }),
    ...(remote && { remote: withoutSecrets(remote) }),
    ...changes,
  };
}

/** Repository that contains a folder. @returns undefined if there is no git, or no repository */
export async function repositoryOf(folder: string): Promise<Git | undefined> {
  try {
    return new Git(await new Git(folder).run(['rev-parse', '--show-toplevel']));
  } catch (error) {
    if (/ENOENT|not a git repository|must be run in a work tree/.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** Current commit and branch: no commit before the first one, no branch for a detached HEAD. */
async function headOf(git: Git): Promise<{ commit?: string; branch?: string | undefined }> {
  // Both by one process: a start of a run should take little time.
  const head = await git.tryRun(['rev-parse', 'HEAD', '--abbrev-ref=loose', 'HEAD']);
  if (head === undefined) return { branch: await git.tryRun(['symbolic-ref', '--short', '--quiet', 'HEAD']) };
  const [commit = '', branch] = head.split('\n');
  return { commit, branch: branch === 'HEAD' ? undefined : branch };
}

/** URL of the branch's remote; undefined if there is none, or if the branch tracks a local one. */
async function remoteOf(git: Git): Promise<string | undefined> {
  const url = await git.tryRun(['ls-remote', '--get-url']);
  return url === '.' ? undefined : url;
}

/** Pathspec of the whole repository except a folder. */
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
  const [all, untracked] = await Promise.all([
    git.names([...changed, '--ignore-submodules=none', base, ...where]),
    git.names(['ls-files', '--others', '--exclude-standard', '-z', ...where]),
  ]);
  // A submodule is a folder; for any other folder this only costs a process.
  const hasSubmodule = all.some((path) => isFolder(join(git.folder, path)));
  const tracked = hasSubmodule ? await git.names([...changed, '--ignore-submodules=dirty', base, ...where]) : all;
  const { kept, leftOut } = partitionFiles(git.folder, { tracked, untracked });
  const added = await addAll(git, untracked, kept);
  const excludedPaths = new Set(leftOut.map(({ path }) => path));
  const excluded = tracked.filter((path) => excludedPaths.has(path)).map((path) => `:(top,exclude,literal)${path}`);
  if (kept.length > 0) await git.write(['diff', ...PATCH_OPTIONS, base, ...where, ...excluded], patch);
  const known = new Set(tracked);
  const submodules = all.filter((path) => !known.has(path));
  const excludedFiles = [
    ...leftOut,
    ...submodules.map((path) => ({ path, reason: 'a submodule with uncommitted changes' })),
  ];
  return {
    dirty: tracked.length + untracked.length + submodules.length > 0,
    untracked: added,
    leftOut: excludedFiles.slice(0, MAX_LISTED).map((file) => withHash(git.folder, file)),
    leftOutCount: excludedFiles.length,
  };
}

/** Adds the hash of a binary file, so that changes can be detected. */
function withHash(root: string, file: ExcludedFile): ExcludedFile {
  return file.bytes === undefined ? file : { ...file, sha256: hashOfFile(join(root, file.path)) };
}

/** Makes a diff include the kept untracked files as new, without storing their content. @returns these files */
async function addAll(git: Git, untracked: readonly string[], kept: readonly string[]): Promise<string[]> {
  const keptPaths = new Set(kept);
  const added = untracked.filter((path) => keptPaths.has(path));
  const args = ['add', '--intent-to-add', '--pathspec-from-file=-', '--pathspec-file-nul'];
  if (added.length > 0) await git.run(args, added.map((path) => `:(top,literal)${path}\0`).join(''));
  return added;
}
