import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { didYouMean, type ImageFile, messageOf, UserError } from 'explab';

/** What a list says of the images, by their names without an ending: the archive of PNG files has lists that speak of .jpg. */
export type Annotations = ReadonlyMap<string, number>;

/** A line of a list that has something on it. */
interface Row {
  readonly fields: readonly string[];
  /** Where it stands in the file, from 1. */
  readonly line: number;
}

/** The splits as list_eval_partition.txt counts them. */
export const PARTITIONS = ['train', 'valid', 'test'] as const;

/**
 * Reads list_eval_partition.txt: a line for each image, `000001.jpg 0`.
 * @returns the place of each image's split in PARTITIONS
 * @throws UserError naming the file and the line that is not so, or the image that has none
 */
export async function readPartitions(root: string, images: readonly ImageFile[]): Promise<Annotations> {
  const file = find('list_eval_partition.txt', root);
  const rows = await readRows(file);
  const partitionIn = ({ fields: fields, line }: Row): number => {
    const [, partition = ''] = fields;
    if (fields.length === 2 && /^[012]$/.test(partition)) return Number(partition);
    throw wrong(file, line, `a name and 0, 1 or 2 are wanted, not "${fields.join(' ')}"`);
  };
  return match(file, rows, images, partitionIn);
}

/**
 * Reads an attribute from list_attr_celeba.txt: the number of images, the names of the attributes, then a line for each image with 1 or
 * -1 for each attribute.
 * @returns 1 for each image that has the attribute, and 0 for each that has not
 * @throws UserError where there is no such attribute, and as `readPartitions`
 */
export async function readAttribute(root: string, images: readonly ImageFile[], name: string): Promise<Annotations> {
  const file = find('list_attr_celeba.txt', root);
  const [count, header, ...rows] = await readRows(file);
  checkHeader(file, count, header, rows.length);
  const column = columnOf(name, header?.fields ?? []) + 1;
  const valueIn = ({ fields: fields, line }: Row): number => {
    const wanted = 1 + (header?.fields.length ?? 0);
    if (fields.length !== wanted) throw wrong(file, line, `it has ${fields.length} words, where ${wanted} are wanted`);
    const value = fields[column] ?? '';
    if (!/^-?1$/.test(value)) throw wrong(file, line, `${name} is ${value}, where 1 or -1 is wanted`);
    return value === '1' ? 1 : 0;
  };
  return match(file, rows, images, valueIn);
}

function find(name: string, root: string): string {
  // Where CelebA's own archive and its mirrors have them.
  const files = ['', 'Anno', 'Eval'].map((folder) => join(root, folder, name));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new UserError(`There is no ${name} in ${root}.`, {
    hints: [
      'Get it by http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html, or leave out dataset.split and dataset.label.',
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

function checkHeader(file: string, count: Row | undefined, header: Row | undefined, found: number): void {
  const { fields: fields = [], line = 1 } = count ?? {};
  const wanted = Number(fields[0]);
  if (fields.length !== 1 || !Number.isInteger(wanted)) throw wrong(file, line, 'the number of images is wanted there');
  if (!header || header.fields.some((word) => /^-?1$/.test(word))) {
    throw wrong(file, header?.line ?? line + 1, 'the names of the attributes are wanted there');
  }
  if (wanted !== found) throw wrong(file, line, `it counts ${wanted} images, but ${found} rows follow`);
}

function columnOf(name: string, attributes: readonly string[]): number {
  const index = attributes.indexOf(name);
  if (index >= 0) return index;
  throw new UserError(`dataset.label=${name}: CelebA has no attribute of that name.`, {
    hints: [didYouMean(name, attributes, 'Attributes'), `All of them: ${attributes.join(', ')}.`].filter(Boolean),
  });
}

/** Finds the row of each image, and the image of each row. */
function match(
  file: string,
  rows: readonly Row[],
  images: readonly ImageFile[],
  valueIn: (row: Row) => number,
): Annotations {
  const names = new Set(images.map(nameOf));
  const values = new Map<string, number>();
  for (const row of rows) {
    const name = parse(row.fields[0] ?? '').name;
    if (values.has(name)) throw wrong(file, row.line, `${row.fields[0] ?? ''} has a row before it`);
    values.set(name, valueIn(row));
    if (!names.has(name)) throw wrong(file, row.line, `there is no image ${row.fields[0] ?? ''}`);
  }
  const without = images.find((image) => !values.has(nameOf(image)));
  if (without) throw new UserError(`${file} has ${rows.length} rows, and none for ${without.path}.`);
  return values;
}

/** What an image is called in the lists. */
export function nameOf({ path }: ImageFile): string {
  return parse(path).name;
}

function wrong(file: string, line: number, reason: string): UserError {
  return new UserError(`${file}, line ${line}: ${reason}.`, {
    hints: ['Images and lists of one release belong together: get the file again.'],
  });
}
