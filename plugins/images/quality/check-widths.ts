import type { Matrix } from 'explab';

/** @throws Error if two sets of features differ in width */
export function checkWidths(one: Matrix, other: Matrix): void {
  if (one.columns === other.columns) return;
  throw new Error(`Features of the widths ${one.columns} and ${other.columns} cannot be compared.`);
}
