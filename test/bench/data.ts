import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTER } from '../support/typescript';
import { missingModule } from './modules';
import { FORMATS, makePhotos } from './photos';

const IMAGES = 512;
const BATCH_SIZE = 64;
const SIZES = [32, 64];
const WORKERS = [1, 2];

/** A folder of images that are read, decoded, resized and batched. */
interface DataCase {
  readonly name: string;
  readonly folder: string;
  readonly size: number;
  /** Whether an earlier epoch has filled a cache of the resized images. */
  readonly isCached: boolean;
}

/** Images a second of one reader. */
interface Row {
  readonly by: string;
  /** The median. */
  readonly imagesPerSecond: number;
  readonly range: readonly [least: number, most: number];
  /** How many times as fast exp is. */
  readonly ratio?: number;
}

/** What was measured of a case. */
export interface DataComparison {
  readonly case: string;
  readonly rows: readonly Row[];
  /** How many times as fast exp is as the fastest other. */
  readonly ratio?: number;
}

/** Measures cases at once. @returns images a second, for each name in order, of each case in order */
interface Reader {
  readonly names: readonly string[];
  readonly measure: (cases: readonly DataCase[]) => number[][];
}

/** How many images a second are read, by exp and, if a Python is named, by torchvision's DataLoader and `tf.data`, by turns. */
export async function compareReaders(python: string | undefined, turns: number): Promise<DataComparison[]> {
  const root = mkdtempSync(join(tmpdir(), 'explab-bench-'));
  try {
    console.log(`${IMAGES} images of 178×218 pixels in batches of ${BATCH_SIZE}. Medians of images a second:`);
    await makePhotos(root, IMAGES);
    const cases = casesIn(root);
    const readers = [ours(root), ...(python === undefined ? [] : theirs(python))];
    const taken = Array.from({ length: turns }, () => readers.flatMap(({ measure }) => measure(cases)));
    const names = readers.flatMap((reader) => reader.names);
    return cases.map(({ name }, index) =>
      compare(name, names, (reader) => taken.map((turn) => turn[reader]?.[index] ?? NaN)),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function casesIn(root: string): DataCase[] {
  return FORMATS.flatMap((format) =>
    SIZES.flatMap((size) =>
      ['cold', 'warm'].map((state) => ({
        name: `data ${size}x${size} ${format}, ${state}`,
        folder: join(root, format),
        size,
        isCached: state === 'warm',
      })),
    ),
  );
}

/** The second epoch, as of the others: cold without a cache, warm with one. Each is a process of its own. */
function ours(root: string): Reader {
  const env = { ...process.env, EXPLAB_CACHE: join(root, 'cache') };
  const measure = ({ folder, size, isCached }: DataCase) => {
    const task = [folder, String(size), String(BATCH_SIZE), isCached ? 'disk' : 'off'];
    const args = ['-r', REGISTER, join(__dirname, 'measure-data.ts'), ...task];
    return Number(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
  };
  return { names: ['explab'], measure: (cases) => [cases.map(measure)] };
}

/** Their second epoch: workers have started and functions are traced. */
function theirs(python: string): Reader[] {
  const missing = missingModule(python, 'tensorflow');
  if (missing !== undefined) console.log(`tf.data is not measured: ${missing}.`);
  return [torchvision(python), ...(missing === undefined ? [tfData(python)] : [])];
}

/** DataLoader has no cache: a warm case takes as long as a cold one. */
function torchvision(python: string): Reader {
  const measure = (cases: readonly DataCase[]) => {
    const cold = cases.filter(({ isCached }) => !isCached);
    const rates = runPython(python, 'torchvision_loader.py', { cases: cold, workers: WORKERS });
    const indices = cases.map(({ folder, size }) =>
      cold.findIndex((each) => each.folder === folder && each.size === size),
    );
    return rates.map((row) => indices.map((index) => row[index] ?? NaN));
  };
  return { names: WORKERS.map((count) => `torchvision, ${count} ${count === 1 ? 'worker' : 'workers'}`), measure };
}

/** Its dataset has `cache()` if a case is warm. */
function tfData(python: string): Reader {
  return { names: ['tf.data'], measure: (cases) => runPython(python, 'tf_data_loader.py', { cases }) };
}

function runPython(python: string, script: string, task: object): number[][] {
  const args = ['-B', join(__dirname, script), JSON.stringify({ ...task, batchSize: BATCH_SIZE })];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', env })) as number[][];
}

/** @param ratesOf images a second of the n-th reader, in each turn */
function compare(
  name: string,
  names: readonly string[],
  ratesOf: (reader: number) => readonly number[],
): DataComparison {
  const [own, ...others] = names.map((by, reader) => ({ by, ...summary(ratesOf(reader)) }));
  if (!own) throw new Error('exp is not measured');
  const peers = others.map((row) => ({ ...row, ratio: own.imagesPerSecond / row.imagesPerSecond }));
  const rows = [own, ...peers];
  console.log(name);
  rows.forEach(print);
  return { case: name, rows, ...(peers.length > 0 && { ratio: Math.min(...peers.map(({ ratio }) => ratio)) }) };
}

function summary(rates: readonly number[]): Omit<Row, 'by'> {
  const sorted = rates.toSorted((a, b) => a - b);
  const [least = NaN, most = NaN] = [sorted[0], sorted.at(-1)];
  const [below = NaN, above = NaN] = [(sorted.length - 1) / 2, sorted.length / 2].map((at) => sorted[Math.floor(at)]);
  return { imagesPerSecond: (below + above) / 2, range: [least, most] };
}

function print({ by, imagesPerSecond, range: [least, most], ratio }: Row): void {
  const rate = `${imagesPerSecond.toFixed(0).padStart(8)} (${least.toFixed(0)} to ${most.toFixed(0)})`;
  const comparison = ratio === undefined ? '' : `exp is ${ratio.toFixed(2)} times as fast`;
  console.log(`  ${by.padEnd(22)} ${rate.padEnd(28)} ${comparison}`.trimEnd());
}
