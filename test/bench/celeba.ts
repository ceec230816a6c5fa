/**
 * How many images a second the CelebA pipeline reads, decodes, resizes and batches; where a Python with torchvision is named, its
 * DataLoader too, by turns. It reports and judges nothing.
 *
 *     node -r ./framework/typescript.js test/bench/celeba.ts [--images 1000] [--size 32] [--python PATH]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ImageBatch } from '../../plugins/images/kinds/image-dataset';
import { Batches } from '../../framework/data/batches';
import { CelebA, CelebASettings } from '../../plugins/images/datasets/celeba';
import { settingsOf } from '../support/settings';
import { makePhotos } from './photos';

const BATCH_SIZE = 64;
const TURNS = 3;

interface Task {
  readonly folder: string;
  readonly size: number;
}

async function explab({ folder, size }: Task): Promise<number> {
  const dataset = new CelebA(settingsOf(CelebASettings, { root: folder, imageSize: size }));
  await dataset.open();
  const permutation = (): number[] => Array.from({ length: dataset.count }, (_, index) => index);
  const batches = new Batches(dataset, { batchSize: BATCH_SIZE, permutation });
  await drain(batches);
  const begun = performance.now();
  const images = await drain(batches);
  return images / ((performance.now() - begun) / 1000);
}

async function drain(batches: Batches<ImageBatch>): Promise<number> {
  let images = 0;
  for await (const batch of batches.epoch(0)) images += batch.pixels.length > 0 ? BATCH_SIZE : 0;
  return images;
}

function torchvision(python: string, { folder, size }: Task): number {
  const script = join(__dirname, 'torchvision_loader.py');
  return Number(execFileSync(python, [script, folder, String(size), String(BATCH_SIZE)], { encoding: 'utf8' }));
}

function report(name: string, rates: readonly number[]): number {
  const sorted = rates.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const [least = NaN, most = NaN] = [sorted[0], sorted.at(-1)];
  console.log(`${name.padEnd(12)} ${median.toFixed(0).padStart(6)}   (${least.toFixed(0)} to ${most.toFixed(0)})`);
  return median;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '1000' },
      size: { type: 'string', default: '32' },
      python: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'explab-bench-'));
  try {
    const bytes = await makePhotos(folder, Number(values.images));
    const task = { folder, size: Number(values.size) };
    console.log(`${values.images} JPEGs of 178×218, ${(bytes / Number(values.images) / 1000).toFixed(1)} kB each,`);
    console.log(
      `to ${task.size}×${task.size} in batches of ${BATCH_SIZE}, on ${availableParallelism()} cores. Images a second:`,
    );
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < TURNS; turn++) {
      ours.push(await explab(task));
      if (values.python) theirs.push(torchvision(values.python, task));
    }
    const rate = report('explab', ours);
    if (values.python) console.log(`ratio        ${(rate / report('torchvision', theirs)).toFixed(2).padStart(6)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
