import { closeSync, constants, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { messageOf } from '../../errors';
import { writeJSON } from '../../util/json-file';
import { cacheDetailsFile, cachedExamplesFile, cacheFolderOf } from './cached-data';
import type { CacheOptions, ExampleCache } from './example-cache';

/** Bytes of an example's checksum, after it. */
const CHECKSUM_BYTES = 4;

const files = new FinalizationRegistry<number>((file) => closeSync(file));

/**
 * Examples in a file that all runs share. Each has a checksum, so that one that was not written to its end, by a killed run or on a full disk,
 * counts as absent; runs that prepare the same example write the same bytes.
 */
export class DiskCache implements ExampleCache {
  private readonly file: number;
  private readonly recordBytes: number;
  private isWritable = true;

  /** @throws the file system's error if the file cannot be created */
  constructor(
    private readonly options: CacheOptions,
    private readonly log: (text: string) => void,
  ) {
    this.recordBytes = options.exampleBytes + CHECKSUM_BYTES;
    const folder = cacheFolderOf(options.key);
    mkdirSync(folder, { recursive: true });
    writeJSON(cacheDetailsFile(folder), { name: options.name });
    this.file = openSync(cachedExamplesFile(folder), constants.O_RDWR | constants.O_CREAT, 0o600);
    files.register(this, this.file);
  }

  get(index: number): Uint8Array | undefined {
    const record = Buffer.allocUnsafeSlow(this.recordBytes);
    if (readSync(this.file, record, 0, record.length, index * record.length) < record.length) return undefined;
    const example = record.subarray(0, this.options.exampleBytes);
    return record.readUInt32LE(example.length) === checksumOf(example) ? example : undefined;
  }

  set(index: number, example: Uint8Array): void {
    if (!this.isWritable) return;
    const record = Buffer.alloc(this.recordBytes);
    record.set(example);
    record.writeUInt32LE(checksumOf(example), example.length);
    try {
      writeSync(this.file, record, 0, record.length, index * record.length);
    } catch (error) {
      this.isWritable = false;
      this.log(`The cache of ${this.options.name} is not completed: ${messageOf(error)}.`);
    }
  }
}

/** Never that of a hole in the file, 0. */
const checksumOf = (example: Uint8Array) => crc32(example) || 1;
