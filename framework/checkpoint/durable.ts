import { type FileHandle, open } from 'node:fs/promises';

/** Writes a file and waits until the disk has it. @returns the bytes written */
export async function writeDurably(path: string, pieces: readonly Uint8Array[]): Promise<number> {
  const file = await open(path, 'w');
  try {
    for (const piece of pieces) await file.appendFile(piece);
    await file.sync();
    await checkSize(file, path, pieces);
    return (await file.stat()).size;
  } finally {
    await file.close();
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

async function checkSize(file: FileHandle, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const wanted = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const { size } = await file.stat();
  if (size !== wanted) throw new Error(`${path} has ${size} bytes of ${wanted}: is the disk full?`);
}
