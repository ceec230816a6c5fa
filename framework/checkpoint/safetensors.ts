import { UserError } from '../errors';
import { NUMBER_FORMATS, type NumberFormat } from './number-formats';

/** An array as the header of a file describes it. */
export interface ArrayEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: NumberFormat;
  /** Where its numbers begin and end, in bytes after the header. */
  readonly from: number;
  readonly to: number;
}

/** An array with its shape, as a file holds it. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a file's header says of an array, before it is checked. */
type HeaderEntry = Partial<Record<'dtype' | 'shape' | 'data_offsets', unknown>>;

type Fail = (reason: string) => UserError;

/** The length of the header comes first, in 8 bytes. */
export const PREFIX = 8;
/** The format's own limit. */
const MAX_HEADER = 100_000_000;

/**
 * What a file in the safetensors format (https://github.com/huggingface/safetensors) begins with: the header's length, and the header
 * as JSON. The numbers follow, one array after the other, in the order of the arrays.
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
  // The numbers begin at a multiple of 8, as the reference writer has it: the header is filled up with spaces.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(PREFIX + Math.ceil(json.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - PREFIX));
  json.copy(header, PREFIX);
  return header;
}

/** A whole file of arrays, in pieces that are views of the arrays, not copies. @param metadata texts that describe the file */
export function encodeSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  return [encodeHeader(arrays, metadata), ...arrays.map(({ data }) => bytesIn(data))];
}

/** The bytes of numbers, not copied. */
export function bytesIn({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Decodes a safetensors file of floating-point arrays: float32, or what is made float32.
 * @param file named in errors
 * @throws UserError where the file is torn, has holes, or holds numbers of another kind
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
 * Where the header of a file ends and its numbers begin.
 * @param prefix the first 8 bytes of the file, or more
 * @param size of the file, in bytes
 * @throws UserError where the file is too short for what it says
 */
export function headerEnd(prefix: Buffer, size: number, file: string): number {
  const fail = failure(file);
  if (size < PREFIX) throw fail(`it ends after ${size} bytes`);
  const length = prefix.readBigUInt64LE();
  if (length > MAX_HEADER || PREFIX + Number(length) > size) throw fail(`its header of ${length} bytes does not fit`);
  return PREFIX + Number(length);
}

/**
 * The arrays that a header describes, in the order of their numbers: one follows the other, and the last ends where the file ends.
 * @param header without its length
 * @param size of the file, in bytes
 * @throws UserError where it does not describe just that
 */
export function decodeHeader(header: Buffer, size: number, file: string): ArrayEntry[] {
  const fail = failure(file);
  const entries = parseHeader(header, fail);
  checkOffsets(entries, size - PREFIX - header.length, fail);
  return entries;
}

function failure(file: string): Fail {
  return (reason) => new UserError(`${file} is no good safetensors file: ${reason}.`);
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
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw fail('its header is no object');
  const described = Object.entries(parsed as Record<string, HeaderEntry | null>).filter(
    ([name]) => name !== '__metadata__',
  );
  // Of two arrays of one name JSON keeps the last. Each has this key once.
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
  const format = NUMBER_FORMATS.get(String(dtype));
  if (!format) throw fail(`${name} is of type ${String(dtype)}; weights are ${[...NUMBER_FORMATS.keys()].join(', ')}`);
  const [from = 0, to = 0] = offsets;
  return { name, shape, format, from, to };
}

function areSizes(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every((number) => Number.isSafeInteger(number) && number >= 0);
}

/** Every array follows the one before, without hole or overlap, and the last ends where the file ends. */
function checkOffsets(entries: readonly ArrayEntry[], size: number, fail: Fail): void {
  let offset = 0;
  for (const { name, shape, format, from, to } of entries) {
    const wanted = bytesOf(shape, format.size);
    if (from !== offset || to - from !== wanted)
      throw fail(`${name} is at ${from} to ${to}, where ${offset} to ${offset + wanted} was wanted`);
    offset = to;
  }
  if (offset !== size) throw fail(`its arrays take ${offset} bytes, but it has ${size}`);
}

/** @param size of a number, in bytes */
function bytesOf(shape: readonly number[], size: number): number {
  return shape.reduce((product, side) => product * side, size);
}
