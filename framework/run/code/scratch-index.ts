import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Git } from './git';

/**
 * Does work with a copy of a repository's index, and a place of its own for new objects: nothing of it stays in the repository.
 * @param copy whether the index has what the user's has, or nothing
 */
export async function withScratchIndex<T>(git: Git, copy: boolean, work: (scratch: Git) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'explab-index-'));
  try {
    const [index, objects] = await Promise.all(['index', 'objects'].map((name) => pathOf(git, name)));
    const own = { index: join(folder, 'index'), objects: join(folder, 'objects') };
    if (copy && index !== undefined && existsSync(index)) copyFileSync(index, own.index);
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

async function pathOf(git: Git, name: string): Promise<string> {
  return resolve(git.folder, await git.tell(['rev-parse', '--git-path', name]));
}
