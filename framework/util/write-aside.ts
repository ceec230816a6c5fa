import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file aside and renames it: whoever looks sees what was there before, or all of it. A link of that name is replaced, and what it
 * leads to stays.
 * @throws the file system's error; nothing is left behind
 */
export async function writeAside(path: string, bytes: Uint8Array): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.partial-${randomUUID().slice(0, 8)}`);
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
