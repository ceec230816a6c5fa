import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { didYouMean, messageOf, UserError } from 'explab';
import type { ImageFile } from 'explab/images';

/** Values from a list by image name without extension: the PNG archive has lists that name .jpg files. */
export type Annotations = ReadonlyMap<string, number>;

/** A non-empty line of a list. */
interface Row {
  readonly fields: readonly string[];
  /** Line number, from 1. */
  readonly line: number;
}

/** Splits in the order of their numbers in list_eval_partition.txt. */
export const PARTITIONS = ['train', 'valid', 'test'] as const;

/**
 * Reads list_eval_partition.txt: a line for each image, `000001.jpg 0`.
 * @returns the index of each image's split in PARTITIONS
 * @throws UserError naming the file and the malformed line, or the image without one
 */
export async function readPartitions(root: string, images: readonly ImageFile[]): Promise<Annotations> {
  const file = locateList('list_eval_partition.txt', root);
  const rows = await readRows(file);
  const partitionIn = ({ fields, line }: Row): number => {
    const [, partition = ''] = fields;
    if (fields.length === 2 && /^[012]$/.test(partition)) return Number(partition);
    throw lineError(file, line, `expected a name and 0, 1 or 2, got "${fields.join(' ')}"`);
  };
  return matchRows(file, rows, images, partitionIn);
}

/**
 * Reads an attribute from list_attr_celeba.txt: the number of images, the names of the attributes, then a line for each image with 1 or
 * -1 for each attribute.
 * @returns 1 for each image that has the attribute, 0 for the others
 * @throws UserError if the attribute does not exist, and as `readPartitions`
 */
export async function readAttribute(root: string, images: readonly ImageFile[], name: string): Promise<Annotations> {
  const file = locateList('list_attr_celeba.txt', root);
  const [count, header, ...rows] = await readRows(file);
  checkHeader(file, count, header, rows.length);
  const column = columnOf(name, header?.fields ?? []) + 1;
  const valueIn = ({ fields, line }: Row): number => {
    const columns = 1 + (header?.fields.length ?? 0);
    if (fields.length !== columns) throw lineError(file, line, `expected ${columns} columns, got ${fields.length}`);
    const value = fields[column] ?? '';
    if (!/^-?1$/.test(value)) throw lineError(file, line, `expected 1 or -1 for ${name}, got ${value}`);
    return value === '1' ? 1 : 0;
  };
  return matchRows(file, rows, images, valueIn);
}

function locateList(name: string, root: string): string {
  // Locations in CelebA's own archive and in its mirrors.
  const files = ['', 'Anno', 'Eval'].map((folder) => join(root, folder, name));
  const existing = files.find((file) => existsSync(file));
  if (existing !== undefined) return existing;
  throw new UserError(`${name} does not exist in ${root}.`, {
    hints: [
      'Download it from http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html, or omit dataset.split and dataset.label.',
    ],
  });
}

async function readRows(file: string): Promise<Row[]> {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n');
    return lines
      .map((text, index) => ({ fields: text.trim().split(/\s+/), line: index + 1 }))
      .filter(({ fields }) => fields[0] !== '');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function checkHeader(file: string, count: Row | undefined, header: Row | undefined, rows: number): void {
  const { fields = [], line = 1 } = count ?? {};
  const expected = Number(fields[0]);
  if (fields.length !== 1 || !Number.isInteger(expected)) throw lineError(file, line, 'expected the number of images');
  if (!header || header.fields.some((word) => /^-?1$/.test(word))) {
    throw lineError(file, header?.line ?? line + 1, 'expected the names of the attributes');
  }
  if (expected !== rows) throw lineError(file, line, `expected ${expected} rows to follow, got ${rows}`);
}

function columnOf(name: string, attributes: readonly string[]): number {
  const index = attributes.indexOf(name);
  if (index >= 0) return index;
  throw new UserError(`dataset.label=${name}: not an attribute of CelebA.`, {
    hints: [didYouMean(name, attributes, 'Attributes'), `All of them: ${attributes.join(', ')}.`].filter(Boolean),
  });
}

/** Matches rows and images one to one. */
function matchRows(
  file: string,
  rows: readonly Row[],
  images: readonly ImageFile[],
  valueIn: (row: Row) => number,
): Annotations {
  const names = new Set(images.map(nameOf));
  const values = new Map<string, number>();
  for (const row of rows) {
    const name = parse(row.fields[0] ?? '').name;
    if (values.has(name)) throw lineError(file, row.line, `duplicate row for ${row.fields[0] ?? ''}`);
    values.set(name, valueIn(row));
    if (!names.has(name)) throw lineError(file, row.line, `image ${row.fields[0] ?? ''} does not exist`);
  }
  const unmatched = images.find((image) => !values.has(nameOf(image)));
  if (unmatched) throw new UserError(`${file} has no row for ${unmatched.path} among its ${rows.length} rows.`);
  return values;
}

/** Name of an image in the lists. */
export function nameOf({ path }: ImageFile): string {
  return parse(path).name;
}

function lineError(file: string, line: number, reason: string): UserError {
  return new UserError(`${file}, line ${line}: ${reason}.`, {
    hints: ['Images and lists must be of the same release: download the file again.'],
  });
}
