import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfFile } from './binary-file';
import { type ExcludedFile, partitionFiles } from './partition-files';
import { withScratchIndex } from './scratch-index';
import { type SourceRecord, pathspec, repositoryOf } from './source-record';

/** Differences between the code of a folder and a record. */
export interface CodeChanges {
  /** Current commit. */
  readonly commit?: string;
  /** Files that differ from the record, in the order of their names. */
  readonly files: readonly string[];
  /** Reason why the files cannot be compared. */
  readonly unknown?: string;
}

/**
 * Compares the code of a folder with a record.
 * @param patch file with the recorded differences from the commit
 * @param except folder that does not contain code
 */
export async function codeChanges(
  folder: string,
  record: SourceRecord,
  patch: string,
  except: string,
): Promise<CodeChanges> {
  const git = await repositoryOf(folder);
  if (!git) return { files: [], unknown: `${folder} is not in a git repository` };
  const commit = await git.tryRun(['rev-parse', '--verify', '--quiet', 'HEAD']);
  const now = commit === undefined ? {} : { commit };
  if (
    record.commit !== undefined &&
    (await git.tryRun(['cat-file', '-e', `${record.commit}^{commit}`])) === undefined
  ) {
    return { ...now, files: [], unknown: `the repository has no commit ${record.commit.slice(0, 10)}` };
  }
  const files = await withScratchIndex(git, false, async (scratch) => {
    await scratch.run(record.commit === undefined ? ['read-tree', '--empty'] : ['read-tree', record.commit]);
    if (existsSync(patch)) await scratch.run(['apply', '--cached', '--whitespace=nowarn', patch]);
    const where = pathspec(git.folder, except);
    const listChanged = ['diff', '--name-only', '-z', '--no-renames', '--ignore-submodules=dirty', ...where];
    const listUntracked = ['ls-files', '--others', '--exclude-standard', '-z', ...where];
    const untracked = await scratch.names(listUntracked);
    return [...(await scratch.names(listChanged)), ...withoutUnlisted(git.folder, untracked, record)];
  });
  const excluded = new Set(record.leftOut.map(({ path }) => path));
  const changed = record.leftOut.filter((file) => hasChanged(git.folder, file)).map(({ path }) => path);
  return { ...now, files: [...files.filter((file) => !excluded.has(file)), ...changed].sort() };
}

/** True if an excluded file with a recorded hash has changed or is missing. */
function hasChanged(root: string, { path, sha256 }: ExcludedFile): boolean {
  return sha256 !== undefined && hashOfFile(join(root, path)) !== sha256;
}

/** Removes files that a record may have excluded without listing them: they are not known to differ. */
function withoutUnlisted(root: string, untracked: readonly string[], record: SourceRecord): readonly string[] {
  if (record.leftOutCount <= record.leftOut.length) return untracked;
  return partitionFiles(root, { tracked: [], untracked }).kept;
}
