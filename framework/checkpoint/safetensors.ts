import { UserError } from '../errors';
import { COUNT_FORMAT, isBatchCount } from './batch-counts';
import { NUMBER_FORMATS, type NumberFormat } from './number-formats';

/** Header entry of an array. */
export interface ArrayEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: NumberFormat;
  /** Range of its data, in bytes after the header. */
  readonly from: number;
  readonly to: number;
}

/** An array in a file. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Unchecked header entry of an array. */
type HeaderEntry = Partial<Record<'dtype' | 'shape' | 'data_offsets', unknown>>;

type Fail = (reason: string) => UserError;

/** Bytes before the header, which hold its length. */
export const PREFIX = 8;
/** The format's limit for the length of the header. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Encodes the start of a safetensors file (https://github.com/huggingface/safetensors): the header's length, and the header as JSON.
 * The data of the arrays follow in the same order.
 * @param arrays names and shapes of float32 arrays
 * @param metadata texts that describe the file
 */
export function encodeHeader(
  arrays: readonly Pick<NamedArray, 'name' | 'shape'>[],
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const { name, shape } of arrays) {
    const end = offset + bytesOf(shape, Float32Array.BYTES_PER_ELEMENT);
    entries.push([name, { dtype: 'F32', shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // The data start at a multiple of 8, as in the reference writer: the header is padded with spaces.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(PREFIX + Math.ceil(json.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - PREFIX));
  json.copy(header, PREFIX);
  return header;
}

/** Encodes a complete file in chunks; those of the data are views, not copies. @param metadata texts that describe the file */
export function encodeSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  return [encodeHeader(arrays, metadata), ...arrays.map(({ data }) => bytesIn(data))];
}

/** View of the bytes of numbers. */
export function bytesIn({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Decodes a safetensors file of floating-point arrays, converted to float32.
 * @param file named in errors
 * @throws UserError if the file is truncated, has gaps, or holds arrays of an unsupported type
 */
export function decodeSafetensors(bytes: Buffer, file: string): NamedArray[] {
  const start = headerEnd(bytes, bytes.length, file);
  return decodeHeader(bytes.subarray(PREFIX, start), bytes.length, file).map(({ name, shape, format, from, to }) => ({
    name,
    shape,
    data: format.read(bytes.subarray(start + from, start + to)),
  }));
}

/**
 * Offset at which the header of a file ends and its data start.
 * @param prefix the first 8 bytes of the file, or more
 * @param size of the file, in bytes
 * @throws UserError if the file is too short for its header
 */
export function headerEnd(prefix: Buffer, size: number, file: string): number {
  const fail = failure(file);
  if (size < PREFIX) throw fail(`it ends after ${size} bytes`);
  const length = prefix.readBigUInt64LE();
  if (length > MAX_HEADER_BYTES || PREFIX + Number(length) > size)
    throw fail(`its header of ${length} bytes does not fit`);
  return PREFIX + Number(length);
}

/**
 * Decodes a header into entries, in the order of their data, which must be contiguous up to the end of the file.
 * @param header without its length
 * @param size of the file, in bytes
 * @throws UserError if the header is invalid
 */
export function decodeHeader(header: Buffer, size: number, file: string): ArrayEntry[] {
  const fail = failure(file);
  const entries = parseHeader(header, fail);
  checkOffsets(entries, size - PREFIX - header.length, fail);
  return entries;
}

function failure(file: string): Fail {
  return (reason) => new UserError(`${file} is not a valid safetensors file: ${reason}.`);
}

function parseHeader(header: Buffer, fail: Fail): ArrayEntry[] {
  const text = textOf(header, fail);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new Error(key);
      return value;
    });
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw fail('its header is not an object');
  const described = Object.entries(parsed as Record<string, HeaderEntry | null>).filter(
    ([name]) => name !== '__metadata__',
  );
  // JSON.parse keeps the last of two arrays with the same name. Each array has this key once.
  const count = text.match(/"data_offsets"\s*:\s*\[/g)?.length ?? 0;
  if (count > described.length) throw fail('two arrays in its header have the same name');
  return described.map((each) => entryOf(...each, fail)).sort((a, b) => a.from - b.from || a.to - b.to);
}

function textOf(header: Buffer, fail: Fail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(header);
  } catch {
    throw fail('its header is not UTF-8');
  }
}

function entryOf(name: string, entry: HeaderEntry | null, fail: Fail): ArrayEntry {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!areSizes(shape) || !areSizes(offsets) || offsets.length !== 2) throw fail(`the header of ${name} is incomplete`);
  const isCount = dtype === 'I64' && isBatchCount(name);
  const format = isCount ? COUNT_FORMAT : NUMBER_FORMATS.get(String(dtype));
  if (!format)
    throw fail(`${name} has type ${String(dtype)}, expected one of ${[...NUMBER_FORMATS.keys()].join(', ')}`);
  const [from = 0, to = 0] = offsets;
  return { name, shape, format, from, to };
}

function areSizes(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every((number) => Number.isSafeInteger(number) && number >= 0);
}

/** Checks that the arrays are contiguous up to the end of the file. */
function checkOffsets(entries: readonly ArrayEntry[], size: number, fail: Fail): void {
  let offset = 0;
  for (const { name, shape, format, from, to } of entries) {
    const expected = bytesOf(shape, format.size);
    if (from !== offset || to - from !== expected)
      throw fail(`${name} is at ${from} to ${to}, expected ${offset} to ${offset + expected}`);
    offset = to;
  }
  if (offset !== size) throw fail(`its arrays take ${offset} bytes, but it has ${size}`);
}

/** @param size bytes per number */
function bytesOf(shape: readonly number[], size: number): number {
  return shape.reduce((product, side) => product * side, size);
}
