import type { NumberFormat } from './number-formats';

/** Format of the counts. */
export const COUNT_FORMAT: NumberFormat = {
  size: 8,
  read: (bytes) => Float32Array.from(new BigInt64Array(new Uint8Array(bytes).buffer), Number),
};

/**
 * True for the name of the number of batches that a BatchNorm of PyTorch has seen, an I64 scalar. PyTorch only uses it for momentum=None,
 * and loads weights without it.
 */
export function isBatchCount(name: string): boolean {
  return /(^|\.)num_batches_tracked$/.test(name);
}
