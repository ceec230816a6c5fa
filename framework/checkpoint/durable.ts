import { type FileHandle, open } from 'node:fs/promises';

/** Creates a file and syncs it to disk. @returns the result of `write` */
export async function writeDurably<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'w');
  try {
    const written = await write(file);
    await file.sync();
    return written;
  } finally {
    await file.close();
  }
}

/** Writes all bytes at the file's current position; a single write may be partial. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new Error(`only ${done} of ${bytes.length} bytes could be written`);
    done += bytesWritten;
  }
}

/** Syncs creations, renames and removals in a folder to disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
