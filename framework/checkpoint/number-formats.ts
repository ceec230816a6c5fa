/** A floating-point format in safetensors files. */
export interface NumberFormat {
  /** Bytes per number. */
  readonly size: number;
  /** Decodes numbers, rounded to float32. @param bytes little-endian; borrowed */
  readonly read: (bytes: Uint8Array) => Float32Array;
}

/** Supported formats, by name. */
export const NUMBER_FORMATS: ReadonlyMap<string, NumberFormat> = new Map([
  ['F32', { size: 4, read: (bytes) => new Float32Array(alignedCopy(bytes)) }],
  ['F64', { size: 8, read: (bytes) => Float32Array.from(new Float64Array(alignedCopy(bytes))) }],
  ['F16', { size: 2, read: (bytes) => Float32Array.from(halves(bytes), half) }],
  // bfloat16 is the upper half of a float32.
  [
    'BF16',
    { size: 2, read: (bytes) => new Float32Array(Uint32Array.from(halves(bytes), (bits) => bits << 16).buffer) },
  ],
]);

/** Copies bytes, because the numbers in a file may not be aligned for a typed array. */
function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function halves(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(alignedCopy(bytes));
}

/** Decodes an IEEE 754 half: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
