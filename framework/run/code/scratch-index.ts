import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeTemporaryFolder } from '../../util/temporary-folder';
import type { Git } from './git';

/**
 * Runs `work` with a separate index and object folder, so that the repository is not changed.
 * @param copy true to copy the user's index, false to start with an empty one
 */
export async function withScratchIndex<T>(git: Git, copy: boolean, work: (scratch: Git) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder('explab-index-');
  try {
    const [index, objects] = await pathsOf(git, ['index', 'objects']);
    const own = { index: join(folder, 'index'), objects: join(folder, 'objects') };
    if (copy && index !== undefined && existsSync(index)) copyIndex(index, own.index);
    mkdirSync(own.objects);
    return await work(
      git.with({
        GIT_INDEX_FILE: own.index,
        GIT_OBJECT_DIRECTORY: own.objects,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: objects ?? '',
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Copies an index with its modification time: git compares it with those of the files to detect files that were changed immediately
 * after they were added.
 */
function copyIndex(from: string, to: string): void {
  copyFileSync(from, to);
  // Whole seconds, rounded down: git may then read more files than necessary, never fewer.
  const time = Math.floor(statSync(from).mtimeMs / 1000);
  utimesSync(to, time, time);
}

/** Paths of files and folders of a repository, by their names in `.git`. */
async function pathsOf(git: Git, names: readonly string[]): Promise<string[]> {
  const paths = await git.run(['rev-parse', ...names.flatMap((name) => ['--git-path', name])]);
  return paths.split('\n').map((path) => resolve(git.folder, path));
}
