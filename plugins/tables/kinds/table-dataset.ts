import { ArrayDataset, type NdArray } from 'explab';

/** Rows of a table: features x, float32 [n, features], and the value to predict y, float32 [n]. */
export type TableBatch = Readonly<Record<'x' | 'y', NdArray>>;

/** A table of numbers, with a column to predict from the others. */
export abstract class TableDataset extends ArrayDataset<TableBatch> {
  /** Names of the columns to predict from, known before `open`. */
  abstract readonly features: readonly string[];
}
