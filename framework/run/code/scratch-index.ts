import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeTemporaryFolder } from '../../util/temporary-folder';
import type { Git } from './git';

/**
 * Does work with a copy of a repository's index, and a place of its own for new objects: nothing of it stays in the repository.
 * @param copy whether the index has what the user's has, or nothing
 */
export async function withScratchIndex<T>(git: Git, copy: boolean, work: (scratch: Git) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder('explab-index-');
  try {
    const [index, objects] = await Promise.all(['index', 'objects'].map((name) => pathOf(git, name)));
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
 * Copies an index with its time: git compares it with the files' times to find those that were changed so shortly after they were added
 * that nothing else tells of it.
 */
function copyIndex(from: string, to: string): void {
  copyFileSync(from, to);
  // Whole seconds, rounded down: git then looks into a file too many, never too few.
  const time = Math.floor(statSync(from).mtimeMs / 1000);
  utimesSync(to, time, time);
}

async function pathOf(git: Git, name: string): Promise<string> {
  return resolve(git.folder, await git.run(['rev-parse', '--git-path', name]));
}
