/** A format of floating-point numbers, by its name in safetensors files. */
export interface NumberFormat {
  /** Bytes of a number. */
  readonly size: number;
  /** Reads numbers, rounded to float32 where the format has more digits. @param bytes little-endian; not kept */
  readonly read: (bytes: Uint8Array) => Float32Array;
}

/** The formats that weights come in. */
export const NUMBER_FORMATS: ReadonlyMap<string, NumberFormat> = new Map([
  ['F32', { size: 4, read: (bytes) => new Float32Array(copied(bytes)) }],
  ['F64', { size: 8, read: (bytes) => Float32Array.from(new Float64Array(copied(bytes))) }],
  ['F16', { size: 2, read: (bytes) => Float32Array.from(halves(bytes), half) }],
  // The first half of a float32.
  [
    'BF16',
    { size: 2, read: (bytes) => new Float32Array(Uint32Array.from(halves(bytes), (bits) => bits << 16).buffer) },
  ],
]);

/** A copy, because a file's numbers need not begin where a typed array may. */
function copied(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function halves(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(copied(bytes));
}

/** The number of 16 bits, by IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
