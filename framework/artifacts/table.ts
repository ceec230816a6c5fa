import { parse } from 'csv-parse/sync';
import { UserError } from '../errors';

/** Cell of a table. */
export type Cell = string | number;

/** Rows of named columns. */
export interface TableArtifact {
  readonly type: 'table';
  readonly extension: '.csv';
  /** The table as CSV. */
  readonly content: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** @throws UserError if there are no columns, or a row has not as many cells as there are columns */
export function tableArtifact(columns: readonly string[], rows: readonly (readonly Cell[])[]): TableArtifact {
  if (columns.length === 0) throw new UserError('A table has no columns.');
  const uneven = rows.findIndex(({ length }) => length !== columns.length);
  if (uneven >= 0)
    throw new UserError(
      `Row ${uneven + 1} of a table has ${rows[uneven]?.length} cells: expected ${columns.length}, one for each column.`,
    );
  return { type: 'table', extension: '.csv', content: toCSV([columns, ...rows]), columns, rows };
}

/** @param csv its first line has the names of the columns @throws UserError if it is not a table */
export function parseTable(csv: string): TableArtifact {
  const [columns = [], ...rows] = parse(csv, { relax_column_count: true, skip_empty_lines: true });
  return tableArtifact(columns, rows);
}

/** Table as CSV of RFC 4180, with line feeds. */
export function toCSV(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

function quoted(cell: Cell): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
