import type { Matrix } from '../tensorflow/graph/float64';

/** @throws Error where two sets of features cannot be compared */
export function checkWidths(one: Matrix, other: Matrix): void {
  if (one.columns === other.columns) return;
  throw new Error(`Features of the widths ${one.columns} and ${other.columns} cannot be compared.`);
}
