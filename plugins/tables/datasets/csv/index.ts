import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { dataFolder, UserError, didYouMean, option, value } from 'explab';
import { type TableBatch, TableDataset } from 'explab/tables';

/** Settings of a table in a file. */
export class CSVSettings {
  /** CSV file whose first line has the names of the columns. */
  path = value(dataFolder('table.csv'), { path: true });
  /** Column to predict. */
  target = value('y');
  /** Columns to predict from; all others by default. */
  columns = value([], { type: ['string'] });
  /** Scale the features to mean 0 and standard deviation 1, over all rows. */
  standardize = value(true);
}

/** Table of numbers in a CSV file. */
@option(TableDataset, 'CSV', CSVSettings)
export class CSV extends TableDataset {
  private records: readonly (readonly string[])[] | undefined;

  constructor(private readonly settings: CSVSettings) {
    super();
  }

  /** @throws UserError if the file is missing, or has no such columns */
  get features(): readonly string[] {
    const { columns, target, path } = this.settings;
    const [header = []] = this.table;
    const missing = [target, ...columns].find((name) => !header.includes(name));
    if (missing !== undefined)
      throw new UserError(`${path} has no column "${missing}".`, { hints: [didYouMean(missing, header, 'Columns')] });
    return columns.length > 0 ? columns : header.filter((name) => name !== target);
  }

  protected load(): TableBatch {
    const [header = [], ...rows] = this.table;
    const { features } = this;
    const numbersIn = (name: string) => rows.map((row, index) => this.numberIn(row[header.indexOf(name)], name, index));
    const columns = features.map((name) => this.scale(numbersIn(name)));
    const x = Float32Array.from(rows.flatMap((_, row) => columns.map((column) => column[row] ?? NaN)));
    const y = Float32Array.from(numbersIn(this.settings.target));
    return { x: { data: x, shape: [rows.length, features.length] }, y: { data: y, shape: [rows.length] } };
  }

  /** @param index of the row, from 0, after the header */
  private numberIn(text: string | undefined, column: string, index: number): number {
    const number = text === undefined || text.trim() === '' ? NaN : Number(text);
    if (Number.isFinite(number)) return number;
    const { path } = this.settings;
    throw new UserError(`${path}, row ${index + 2}, column "${column}": expected a number, got "${text ?? ''}".`, {
      hints: ['Correct the file, or select other columns: dataset.columns=[...]'],
    });
  }

  private scale(column: readonly number[]): readonly number[] {
    if (!this.settings.standardize) return column;
    const mean = column.reduce((sum, number) => sum + number, 0) / column.length;
    const variance = column.reduce((sum, number) => sum + (number - mean) ** 2, 0) / column.length;
    // A constant column is 0.
    return column.map((number) => (number - mean) / (Math.sqrt(variance) || 1));
  }

  /** Header and rows. */
  private get table(): readonly (readonly string[])[] {
    const { path } = this.settings;
    if (!existsSync(path)) {
      throw new UserError(`There is no file ${path}.`, { hints: ['Name your CSV file: dataset.path=FILE'] });
    }
    return (this.records ??= parse(readFileSync(path), { bom: true, skip_empty_lines: true, trim: true }));
  }
}
