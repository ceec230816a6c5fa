import { isUtf8 as isUTF8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { thousands } from '../util/format';
import { LeftOutFiles, type Reason } from './left-out-files';

export interface ImageFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

const IMAGE = /\.(jpe?g|png)$/i;
const OTHER_FORMAT = /\.(avif|bmp|gif|hei[cf]|jfif|jp2|jpe|jxl|p[bgpn]m|tga|tiff?|webp)$/i;

/**
 * The JPEG and PNG files of a folder and its subfolders, told by their names, in the order of their paths (by code unit, so that
 * it is the same everywhere). Links are followed, each folder once. Names that begin with a dot are left out: archives made on
 * macOS have a `._000001.jpg`, which is no image, beside each `000001.jpg`. So are images in other formats, names that are not UTF-8, and
 * links that lead nowhere.
 * @param tell called once, with how many images were left out and why
 * @throws the file system's error where a folder cannot be read
 */
export async function findImages(root: string, tell: (text: string) => void = console.error): Promise<ImageFile[]> {
  const found: ImageFile[] = [];
  const seen = new Set<string>();
  const leftOut = new LeftOutFiles();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
      const name = bytes.toString();
      const path = join(folder, name);
      // One by one and at once: a promise for each of 200,000 files takes ten times as long.
      const stats = name.startsWith('.') ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory()) await visit(path);
      else if (stats?.isFile() && IMAGE.test(name)) found.push({ path, size: stats.size });
      else if (mayBeImage(bytes)) leftOut.add(reasonFor(bytes), join(folder, shownName(bytes)));
    }
  };
  await visit(root);
  if (leftOut.text !== undefined) tell(leftOut.text);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether somebody may take a file for an image; what a name that is not UTF-8 stands for is not looked into. */
function mayBeImage(name: Buffer): boolean {
  const text = name.toString();
  return IMAGE.test(text) || OTHER_FORMAT.test(text) || !isUTF8(name);
}

/** Why a file with the ending of an image is not among the images. @param name as the file system has it */
function reasonFor(name: Buffer): Reason {
  const text = name.toString();
  if (text.startsWith('.')) return 'hidden';
  if (!isUTF8(name)) return 'encoding';
  return IMAGE.test(text) ? 'link' : 'format';
}

/** A name with the bytes that are no UTF-8 as in Python: `caf\xe9.jpg`. */
function shownName(name: Buffer): string {
  if (isUTF8(name)) return name.toString();
  return name.toString('latin1').replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * What tells a folder of images from another: the names and sizes of its files, which were read when they were found, so that it costs
 * nothing. Times are left out, as a copy of the folder on another machine has others; images that are other pictures and yet have
 * the same number of bytes, after compression, are next to never met.
 * @param notes what else is known of each file
 */
export function identifyFiles(root: string, files: readonly ImageFile[], notes: ArrayLike<number> = []): string {
  const hash = createHash('sha256');
  files.forEach(({ path, size }, index) => hash.update(`${relative(root, path)}\0${size}\0${notes[index] ?? ''}\n`));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${thousands(files.length)} files of ${thousands(bytes)} bytes, SHA-256 of names and sizes ${hash.digest('hex')}`;
}
