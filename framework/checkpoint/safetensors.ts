import { UserError } from '../errors';
import { NUMBER_FORMATS, type NumberFormat } from './number-formats';

/** An array with its shape, as a file holds it. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a file's header says of an array, before it is checked. */
type HeaderEntry = Partial<Record<'dtype' | 'shape' | 'data_offsets', unknown>>;

/** The length of the header comes first, in 8 bytes. */
const PREFIX = 8;
/** The format's own limit. */
const MAX_HEADER = 100_000_000;

/**
 * Encodes arrays in the safetensors format (https://github.com/huggingface/safetensors): the header's length, the header as JSON, and
 * the numbers one array after the other. Pieces are views of the arrays, not copies.
 * @param metadata texts that describe the file
 */
export function encodeSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const { name, shape, data } of arrays) {
    entries.push([name, { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  // The numbers begin at a multiple of 8, as the reference writer has it: the header is filled up with spaces.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(header);
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return [prefix, header, ...arrays.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/**
 * Decodes a safetensors file of floating-point arrays: float32, or what is made float32.
 * @param file named in errors
 * @throws UserError where the file is torn, has holes, or holds numbers of another kind
 */
export function decodeSafetensors(bytes: Buffer, file: string): NamedArray[] {
  const fail = (reason: string) => new UserError(`${file} is no good safetensors file: ${reason}.`);
  if (bytes.length < PREFIX) throw fail(`it ends after ${bytes.length} bytes`);
  const length = bytes.readBigUInt64LE();
  if (length > MAX_HEADER || PREFIX + Number(length) > bytes.length)
    throw fail(`its header of ${length} bytes does not fit`);
  const start = PREFIX + Number(length);
  const entries = parseHeader(bytes.subarray(PREFIX, start), fail);
  checkOffsets(entries, bytes.length - start, fail);
  return entries.map(([name, { format, shape, from, to }]) => ({
    name,
    shape,
    data: format.read(bytes.subarray(start + from, start + to)),
  }));
}

/** Where an array is in the file's numbers, and what they are. */
interface Entry {
  readonly format: NumberFormat;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

type Fail = (reason: string) => UserError;

function parseHeader(header: Buffer, fail: Fail): [string, Entry][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header.toString('utf8'));
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw fail('its header names no arrays');
  const entries = Object.entries(parsed as Record<string, unknown>).filter(([name]) => name !== '__metadata__');
  return entries
    .map(([name, entry]): [string, Entry] => [name, checkedEntry(name, (entry ?? {}) as HeaderEntry, fail)])
    .sort(([, a], [, b]) => a.from - b.from);
}

function checkedEntry(name: string, entry: HeaderEntry, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!areSizes(shape) || !areSizes(offsets) || offsets.length !== 2) throw fail(`the header of ${name} is incomplete`);
  const format = NUMBER_FORMATS.get(String(dtype));
  if (!format) throw fail(`${name} is of type ${String(dtype)}; weights are ${[...NUMBER_FORMATS.keys()].join(', ')}`);
  const [from = 0, to = 0] = offsets;
  return { format, shape, from, to };
}

function areSizes(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every((number) => Number.isSafeInteger(number) && number >= 0);
}

/** Every array follows the one before, without hole or overlap, and the last ends where the file ends. */
function checkOffsets(entries: readonly [string, Entry][], size: number, fail: Fail): void {
  let offset = 0;
  for (const [name, { format, shape, from, to }] of entries) {
    const wanted = format.size * shape.reduce((product, side) => product * side, 1);
    if (from !== offset || to - from !== wanted)
      throw fail(`${name} is at ${from} to ${to}, where ${offset} to ${offset + wanted} was wanted`);
    offset = to;
  }
  if (offset !== size) throw fail(`its arrays take ${offset} bytes, but it has ${size}`);
}
