import { type FileHandle, open, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { UserError } from '../errors';
import type { Snapshot } from '../tensorflow/snapshot';
import { writeAll, writeDurably } from './durable';
import { type ArrayEntry, PREFIX, bytesIn, decodeHeader, encodeHeader, headerEnd } from './safetensors';
import { type SavedVariable, shapeInFile } from './variables';

/** Checksums of a file of a checkpoint: its size in bytes, and CRC-32 of its header and of each array. */
export interface FileSums {
  readonly bytes: number;
  readonly header: number;
  readonly arrays: Readonly<Record<string, number>>;
}

/** Bytes processed at once, which blocks the event loop for a few milliseconds. */
const CHUNK_BYTES = 1 << 22;

/** Exponent bits of a float32; all are set if it is not finite. */
const EXPONENT_MASK = 0x7f800000;

/**
 * Writes variables of a snapshot into a safetensors file, one array at a time.
 * @throws UserError naming the first variable with a number that is not finite
 */
export function writePart(path: string, variables: readonly SavedVariable[], snapshot: Snapshot): Promise<FileSums> {
  const described = variables.map((saved) => ({ name: saved.name, shape: shapeInFile(saved) }));
  return writeDurably(path, async (file) => {
    const header = encodeHeader(described, { format: 'pt' });
    await writeAll(file, header);
    const arrays: Record<string, number> = {};
    for (const { name, variable, layout } of variables) {
      arrays[name] = await snapshot.withData(variable, layout, async ({ numbers, mayBeNonFinite: isSuspect }) => {
        if (isSuspect) checkFinite(numbers, name);
        return writeWithChecksum(file, bytesIn(numbers));
      });
    }
    const sums = { bytes: (await file.stat()).size, header: crc32(header), arrays };
    checkSize(sums.bytes, header.length + variables.reduce((sum, { variable }) => sum + 4 * variable.size, 0));
    return sums;
  });
}

async function writeWithChecksum(file: FileHandle, bytes: Uint8Array): Promise<number> {
  let sum = 0;
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    const chunk = bytes.subarray(from, from + CHUNK_BYTES);
    sum = crc32(chunk, sum);
    await writeAll(file, chunk);
  }
  return sum;
}

function checkSize(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`it has ${actual} of ${expected} bytes: is the disk full?`);
}

/** @throws UserError if a number is not finite */
function checkFinite({ buffer, byteOffset, length }: Float32Array, name: string): void {
  const bits = new Uint32Array(buffer, byteOffset, length);
  for (let index = 0; index < length; index++) {
    if (((bits[index] ?? 0) & EXPONENT_MASK) !== EXPONENT_MASK) continue;
    throw new UserError(`${name} is not finite at index ${index}: not saved.`);
  }
}

/** A file of a checkpoint that is open for reading. */
export class PartFile {
  private constructor(
    readonly path: string,
    readonly arrays: readonly ArrayEntry[],
    private readonly file: FileHandle,
    private readonly start: number,
  ) {}

  /**
   * Opens a file and verifies its checksums, chunk by chunk, so that a large file needs little memory.
   * @throws UserError naming the damaged part of the file
   */
  static async open(path: string, sums: FileSums): Promise<PartFile> {
    await checkFileSize(path, sums);
    const file = await open(path, 'r');
    try {
      const end = headerEnd(await bytesAt(file, 0, PREFIX), sums.bytes, path);
      const header = await bytesAt(file, 0, end);
      if (crc32(header) !== sums.header) throw damaged(path, 'its header');
      const part = new PartFile(path, decodeHeader(header.subarray(PREFIX), sums.bytes, path), file, end);
      for (const array of part.arrays) await part.verify(array, sums);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Reads the numbers of an array. */
  async read({ from, to, format }: ArrayEntry): Promise<Float32Array> {
    return format.read(await bytesAt(this.file, this.start + from, to - from));
  }

  private async verify({ name, from, to }: ArrayEntry, { arrays }: FileSums): Promise<void> {
    let sum = 0;
    for (let at = from; at < to; at += CHUNK_BYTES)
      sum = crc32(await bytesAt(this.file, this.start + at, Math.min(CHUNK_BYTES, to - at)), sum);
    if (arrays[name] !== sum) throw damaged(this.path, name);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function checkFileSize(path: string, { bytes }: FileSums): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) throw new UserError(`${path} is missing.`);
  if (stats.size !== bytes) throw new UserError(`${path} is damaged: it has ${stats.size} of ${bytes} bytes.`);
}

/** Reads bytes of a file into a new buffer. */
async function bytesAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new Error(`the file ends ${length - done} bytes too early`);
    done += bytesRead;
  }
  return bytes;
}

function damaged(path: string, what: string): UserError {
  return new UserError(`${path} is damaged: the checksum of ${what} does not match the manifest.`);
}
