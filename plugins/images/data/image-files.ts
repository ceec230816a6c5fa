import { isUtf8 as isUTF8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { thousands } from 'explab';
import { LeftOutFiles, type Reason } from './left-out-files';

export interface ImageFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly modified: number;
}

const IMAGE = /\.(jpe?g|png)$/i;
const OTHER_FORMAT = /\.(avif|bmp|gif|hei[cf]|jfif|jp2|jpe|jxl|p[bgpn]m|tga|tiff?|webp)$/i;

/**
 * Finds the JPEG and PNG files of a folder and its subfolders by extension, sorted by path (by code unit, so that the order is the same
 * everywhere). Links are followed, each folder once. Names that begin with a dot are skipped: archives made on macOS have a
 * `._000001.jpg`, which is not an image, next to each `000001.jpg`. Other image formats, names that are not UTF-8 and broken links are
 * skipped, too.
 * @param log called once with a summary of the skipped files, if any
 * @throws the file system's error if a folder cannot be read
 */
export async function findImages(root: string, log: (text: string) => void = console.error): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  const seen = new Set<string>();
  const skippedFiles = new LeftOutFiles();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
      const name = bytes.toString();
      const path = join(folder, name);
      // Synchronous: a promise for each of 200,000 files takes ten times as long.
      const stats = name.startsWith('.') ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory()) await visit(path);
      else if (stats?.isFile() && IMAGE.test(name)) files.push({ path, size: stats.size, modified: stats.mtimeMs });
      else if (mayBeImage(bytes)) skippedFiles.add(skipReason(bytes), join(folder, escapeName(bytes)));
    }
  };
  await visit(root);
  if (skippedFiles.text !== undefined) log(skippedFiles.text);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a file could be expected to be an image; names that are not UTF-8 count as such. */
function mayBeImage(name: Buffer): boolean {
  const text = name.toString();
  return IMAGE.test(text) || OTHER_FORMAT.test(text) || !isUTF8(name);
}

/** Reason for skipping a possible image. @param name raw bytes from the file system */
function skipReason(name: Buffer): Reason {
  const text = name.toString();
  if (text.startsWith('.')) return 'hidden';
  if (!isUTF8(name)) return 'encoding';
  return IMAGE.test(text) ? 'link' : 'format';
}

/** Escapes bytes that are not UTF-8 as in Python: `caf\xe9.jpg`. */
function escapeName(name: Buffer): string {
  if (isUTF8(name)) return name.toString();
  return name.toString('latin1').replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * Fingerprint of a folder of images: names and sizes of its files, which are already known. Times are excluded, as they differ in a copy of
 * the folder; different images with equal compressed sizes are very unlikely.
 * @param notes additional number for each file, such as its label
 */
export function identifyFiles(root: string, files: readonly ImageFile[], notes: ArrayLike<number> = []): string {
  const hash = createHash('sha256');
  files.forEach(({ path, size }, index) => hash.update(`${relative(root, path)}\0${size}\0${notes[index] ?? ''}\n`));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${thousands(files.length)} files of ${thousands(bytes)} bytes, SHA-256 of names and sizes ${hash.digest('hex')}`;
}
