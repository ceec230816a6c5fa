import { type FileHandle, open } from 'node:fs/promises';

/** Makes a file, waits until the disk has it, and makes sure that it is there in full. @returns what `write` does */
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

/** Writes all of some bytes at the end of a file: a single write may take a part of them. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new Error(`of ${bytes.length} bytes the disk took ${done}, and then no more`);
    done += bytesWritten;
  }
}

/** Waits until the disk has what was made, renamed and removed in a folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
