import { expect } from 'chai';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from '../../../framework/checkpoint/safetensors';
import { UserError } from '../../../framework/errors';

const ARRAYS: NamedArray[] = [
  { name: 'final.weight', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6.5) },
  { name: 'empty', shape: [0, 4], data: new Float32Array() },
  { name: 'scalar', shape: [], data: Float32Array.of(NaN) },
];

const bytesOf = (arrays: readonly NamedArray[]) => Buffer.concat(encodeSafetensors(arrays, { format: 'pt' }));

/** A file with a header of one's own. */
function fileOf(header: string, dataBytes: number): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(dataBytes)]);
}

const entry = (from: number, to: number, shape = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

describe('a safetensors file', () => {
  it('has the bytes that the format specifies', () => {
    // By hand: the header's length in 8 bytes, little-endian; the header, filled up with spaces to a multiple of 8; the numbers.
    const header = '{"__metadata__":{},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ';
    const padded = header.trimEnd().padEnd(72, ' ');
    const wanted = Buffer.concat([fileOf(padded, 0), Buffer.from('0000803f', 'hex')]);
    expect(
      Buffer.concat(encodeSafetensors([{ name: 'x', shape: [1], data: Float32Array.of(1) }])).equals(wanted),
    ).to.equal(true);
  });

  it('returns its content bit-exactly', () => {
    expect(decodeSafetensors(bytesOf(ARRAYS), 'x')).to.deep.equal(ARRAYS);
  });

  for (const length of [0, 1, 7, 8, 100, -1]) {
    it(`that is truncated is refused (${length})`, () => {
      expect(() => decodeSafetensors(bytesOf(ARRAYS).subarray(0, length), 'torn.safetensors')).to.throw(
        UserError,
        /^torn\.safetensors is not a valid/,
      );
    });
  }

  /** Numbers of another format, by IEEE 754, and for BF16 by the first half of a float32; as Python's struct writes them. */
  const formats: Record<string, [bytes: string, numbers: number[]]> = {
    // 1, -2.5, the largest, the least above 0, -0, ∞
    F16: ['003c00c1ff7b01000080007c', [1, -2.5, 65504, 2 ** -24, -0, Infinity]],
    // 1, -2.5, 2^100, NaN
    BF16: ['803f20c08071c07f', [1, -2.5, 2 ** 100, NaN]],
    // 1, -2.5, 0.1, which is rounded
    F64: ['000000000000f03f00000000000004c09a9999999999b93f', [1, -2.5, Math.fround(0.1)]],
  };
  for (const [dtype, [hex, numbers]] of Object.entries(formats)) {
    it(`may have numbers of type ${dtype}, which are converted to float32`, () => {
      const data = Buffer.from(hex, 'hex');
      const header = JSON.stringify({ x: { dtype, shape: [numbers.length], data_offsets: [0, data.length] } });
      const [read] = decodeSafetensors(Buffer.concat([fileOf(header, 0), data]), 'x');
      expect([...(read?.data ?? [])]).to.deep.equal(numbers);
    });
  }

  const bad: Record<string, Buffer> = {
    'has bytes left over': Buffer.concat([bytesOf(ARRAYS), Buffer.alloc(4)]),
    'claims a header of 2^63 bytes': Buffer.from('0000000000000080', 'hex'),
    'has a header that is no JSON': fileOf('{"x":', 0),
    'has overlapping arrays': fileOf(JSON.stringify({ a: entry(0, 8), b: entry(4, 12) }), 12),
    'has a hole': fileOf(JSON.stringify({ a: entry(0, 4), b: entry(8, 12) }), 12),
    'has a shape that does not fit': fileOf(JSON.stringify({ a: entry(0, 8, [3]) }), 8),
    'has a negative offset': fileOf(JSON.stringify({ a: entry(-4, 0, [1]) }), 4),
    'has a shape beyond all numbers': fileOf(JSON.stringify({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }), 4),
    'has an array that is called as no property may be': fileOf(
      '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
    ),
    'has two arrays of one name': fileOf(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
      8,
    ),
    'has a header that is a list': fileOf('[]', 0),
    'has no shape': fileOf(JSON.stringify({ a: { dtype: 'F32', data_offsets: [0, 4] } }), 4),
    'has integers': fileOf(JSON.stringify({ a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }), 8),
    'has a header that names nothing': fileOf('null', 0),
    'has an array without a header': fileOf(JSON.stringify({ a: null }), 0),
    'has a shape that is no list': fileOf(JSON.stringify({ a: { ...entry(0, 4), shape: 1 } }), 4),
    'has one offset': fileOf(JSON.stringify({ a: { ...entry(0, 4), data_offsets: [0] } }), 4),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    it(`that ${what} is refused`, () => {
      expect(() => decodeSafetensors(bytes, 'bad.safetensors')).to.throw(UserError, /^bad\.safetensors is not a valid/);
    });
  }
});
