import { readFile } from 'node:fs/promises';
import { checkRegularFile, gunzip, gunzipHead, isGzip, messageOf, thousands, UserError } from 'explab';

/** Array of unsigned bytes in an IDX file. */
export interface IDX {
  /** The slowest first: [images, height, width]. */
  readonly dimensions: readonly number[];
  /** uint8, the product of the dimensions long. */
  readonly values: Uint8Array;
}

/** Meaning of the third byte of the magic number, in the terms of the format's description. */
const TYPES: Readonly<Record<number, string>> = {
  0x08: 'unsigned bytes',
  0x09: 'signed bytes',
  0x0b: 'shorts',
  0x0c: 'ints',
  0x0d: 'floats',
  0x0e: 'doubles',
};
const UNSIGNED_BYTES = 0x08;

/** Maximum file size in bytes: the limit of a single read in Node. */
const MAX_ELEMENTS = 2 ** 31 - 1;

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST: two zero bytes, a type, the number of dimensions, the dimensions
 * (32 bits each, big-endian), then the values. It may be gzipped, regardless of its name.
 * @param rank expected number of dimensions: 3 for images, 1 for labels
 * @throws UserError naming the file with the expected and actual content; no memory is allocated for a false header
 */
export async function readIDX(file: string, rank: number): Promise<IDX> {
  const bytes = await readBytes(file);
  const headerLength = 4 + 4 * rank;
  const gzipped = isGzip(bytes);
  const header = gzipped ? gunzipHead(bytes, headerLength) : bytes.subarray(0, headerLength);
  const dimensions = readHeader(header, rank, file);
  const length = headerLength + sizeOf(dimensions, file);
  const whole = gzipped ? await gunzip(bytes, file, length) : bytes;
  if (whole.length !== length) throw wrongLength(file, dimensions, length - headerLength, whole.length - headerLength);
  return { dimensions, values: whole.subarray(headerLength) };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    await checkRegularFile(file, MAX_ELEMENTS);
    return await readFile(file);
  } catch (error) {
    throw error instanceof UserError
      ? error
      : new UserError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function readHeader(header: Uint8Array, rank: number, file: string): number[] {
  checkMagic(header, rank, file);
  if (header.length < 4 + 4 * rank)
    throw new UserError(`${file} ends within its header, after ${header.length} bytes.`);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  return Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension));
}

function checkMagic(header: Uint8Array, rank: number, file: string): void {
  const [first = -1, second = -1, type = -1, actualRank = -1] = header;
  if (actualRank === -1) throw new UserError(`${file} is not an IDX file: it ends after ${header.length} bytes.`);
  if (second === UNSIGNED_BYTES && type === 0 && actualRank === 0) {
    throw new UserError(`${file} has a little-endian IDX header; IDX files are big-endian.`);
  }
  if (first !== 0 || second !== 0 || !(type in TYPES)) {
    const magic = Buffer.from(header.subarray(0, 4)).toString('hex');
    throw new UserError(
      `${file} is not an IDX file: it begins with ${magic}, not 000008${String(rank).padStart(2, '0')}.`,
    );
  }
  if (type !== UNSIGNED_BYTES) throw new UserError(`${file}: expected unsigned bytes, got ${TYPES[type] ?? ''}.`);
  if (actualRank !== rank) {
    throw new UserError(`${file}: expected ${rank} dimensions, got ${actualRank}.`, {
      hints: ['Images have 3 dimensions and labels 1; check that the files are not swapped.'],
    });
  }
}

function sizeOf(dimensions: readonly number[], file: string): number {
  const size = dimensions.reduce((product, dimension) => product * dimension, 1);
  if (size === 0) throw new UserError(`${file} is empty: its header has dimensions ${dimensions.join(' × ')}.`);
  if (size > MAX_ELEMENTS) {
    throw new UserError(
      `${file} has ${dimensions.join(' × ')} values according to its header; the limit is ${thousands(MAX_ELEMENTS)}.`,
    );
  }
  return size;
}

function wrongLength(file: string, dimensions: readonly number[], expected: number, actual: number): UserError {
  const expectedText = `${dimensions.join(' × ')} = ${thousands(expected)}`;
  return new UserError(`${file}: expected ${expectedText} values from its header, got ${thousands(actual)}.`, {
    hints: ['The file is corrupt; get it again.'],
  });
}
