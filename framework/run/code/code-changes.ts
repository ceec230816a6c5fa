import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfFile } from './binary-file';
import { type ExcludedFile, partitionFiles } from './partition-files';
import { withScratchIndex } from './scratch-index';
import { type SourceRecord, pathspec, repositoryOf } from './source-record';

/** How the code of a folder differs from a record. */
export interface CodeChanges {
  /** The commit now. */
  readonly commit?: string;
  /** Files that differ from what was recorded, in the order of their names. */
  readonly files: readonly string[];
  /** Why the files cannot be compared. */
  readonly unknown?: string;
}

/**
 * Compares the code of a folder with what was recorded.
 * @param patch the file of what differed from the commit
 * @param except a folder whose files are no code
 */
export async function codeChanges(
  folder: string,
  record: SourceRecord,
  patch: string,
  except: string,
): Promise<CodeChanges> {
  const git = await repositoryOf(folder);
  if (!git) return { files: [], unknown: `${folder} is in no repository` };
  const commit = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD']);
  const now = commit === undefined ? {} : { commit };
  if (record.commit !== undefined && (await git.ask(['cat-file', '-e', `${record.commit}^{commit}`])) === undefined) {
    return { ...now, files: [], unknown: `the repository has no commit ${record.commit.slice(0, 10)}` };
  }
  const files = await withScratchIndex(git, false, async (scratch) => {
    await scratch.run(record.commit === undefined ? ['read-tree', '--empty'] : ['read-tree', record.commit]);
    if (existsSync(patch)) await scratch.run(['apply', '--cached', '--whitespace=nowarn', patch]);
    const where = pathspec(git.folder, except);
    const changed = ['diff', '--name-only', '-z', '--no-renames', '--ignore-submodules=dirty', ...where];
    const others = ['ls-files', '--others', '--exclude-standard', '-z', ...where];
    const untracked = await scratch.names(others);
    return [...(await scratch.names(changed)), ...withoutUnlisted(git.folder, untracked, record)];
  });
  const leftOut = new Set(record.leftOut.map(({ path }) => path));
  const changed = record.leftOut.filter((file) => hasChanged(git.folder, file)).map(({ path }) => path);
  return { ...now, files: [...files.filter((file) => !leftOut.has(file)), ...changed].sort() };
}

/** Whether a file that was left out by its hash is another now, or gone. */
function hasChanged(root: string, { path, sha256 }: ExcludedFile): boolean {
  return sha256 !== undefined && hashOfFile(join(root, path)) !== sha256;
}

/** Where a record does not list all that it left out, files like these are not known to differ. */
function withoutUnlisted(root: string, untracked: readonly string[], record: SourceRecord): readonly string[] {
  if (record.leftOutCount <= record.leftOut.length) return untracked;
  return partitionFiles(root, { tracked: [], untracked }).kept;
}
