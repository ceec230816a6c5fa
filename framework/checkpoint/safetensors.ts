import { UserError } from '../errors';

/** An array with its shape, as a file holds it. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

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
 * Decodes a safetensors file of float32 arrays.
 * @param file named in errors
 * @throws UserError where the file is torn, has holes, or holds another type
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
  return entries.map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      // A copy, because a file's numbers need not begin where a Float32Array may.
      const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to));
      return { name, shape, data };
    },
  );
}

function parseHeader(header: Buffer, fail: (reason: string) => UserError): [string, HeaderEntry][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header.toString('utf8'));
  } catch {
    throw fail('its header is not JSON');
  }
  const entries = Object.entries(parsed as Record<string, HeaderEntry>).filter(([name]) => name !== '__metadata__');
  for (const [name, entry] of entries) checkEntry(name, entry, fail);
  return entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
}

function checkEntry(name: string, entry: Partial<HeaderEntry>, fail: (reason: string) => UserError): void {
  const numbers = [...(entry.shape ?? [NaN]), ...(entry.data_offsets ?? [NaN])];
  if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 0))
    throw fail(`the header of ${name} is incomplete`);
  if (entry.dtype !== 'F32') throw fail(`${name} is of type ${String(entry.dtype)}, not F32`);
}

/** Every array follows the one before, without hole or overlap, and the last ends where the file ends. */
function checkOffsets(
  entries: readonly [string, HeaderEntry][],
  size: number,
  fail: (reason: string) => UserError,
): void {
  let offset = 0;
  for (const [
    name,
    {
      shape,
      data_offsets: [from, to],
    },
  ] of entries) {
    const wanted = 4 * shape.reduce((product, side) => product * side, 1);
    if (from !== offset || to - from !== wanted)
      throw fail(`${name} is at ${from} to ${to}, where ${offset} to ${offset + wanted} was wanted`);
    offset = to;
  }
  if (offset !== size) throw fail(`its arrays take ${offset} bytes, but it has ${size}`);
}
