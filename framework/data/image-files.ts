import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { thousands } from './thousands';

export interface ImageFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

const IMAGE = /\.(jpe?g|png)$/i;

/**
 * The JPEG and PNG files of a folder and its subfolders, told by their names, in the order of their paths (by code unit, so that
 * it is the same everywhere). Links are followed, each folder once. Names that begin with a dot are left out: archives made on
 * macOS have a `._000001.jpg`, which is no image, beside each `000001.jpg`.
 * @throws the file system's error where a folder cannot be read
 */
export async function findImages(root: string): Promise<ImageFile[]> {
  const found: ImageFile[] = [];
  const seen = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of (await readdir(folder)).filter((each) => !each.startsWith('.'))) {
      const path = join(folder, name);
      // One by one and at once: a promise for each of 200,000 files takes ten times as long.
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory()) await visit(path);
      else if (stats?.isFile() && IMAGE.test(name)) found.push({ path, size: stats.size });
    }
  };
  await visit(root);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * What tells a folder of images from another: the names and sizes of its files, which were read when they were found, so that it costs
 * nothing. Times are left out, as a copy of the folder on another machine has others; images that are other pictures and yet have
 * the same number of bytes, after compression, are next to never met.
 * @param notes what else is known of each file
 */
export function identifyFiles(root: string, files: readonly ImageFile[], notes: ArrayLike<number> = []): string {
  const hash = createHash('sha256');
  files.forEach(({ path, size }, place) => hash.update(`${relative(root, path)}\0${size}\0${notes[place] ?? ''}\n`));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${thousands(files.length)} files of ${thousands(bytes)} bytes, SHA-256 of names and sizes ${hash.digest('hex')}`;
}
