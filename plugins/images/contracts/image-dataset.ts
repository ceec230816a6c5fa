import { strict as assert } from 'node:assert';
import { Batches, type Dataset, Random, split } from 'explab';
import { currentRunner, type TestRunner } from 'explab/testing';
import type { ImageBatch, ImageDataset, ImageShape } from '../kinds/image-dataset';

/** What a dataset has. */
export interface ExpectedImages {
  readonly count: number;
  readonly shape: ImageShape;
  readonly classes?: number;
}

/**
 * What holds for every image dataset; a plugin's test calls it within its own `describe`.
 * @param make a new dataset each time, not yet open, of the same images; at least four, and not all the same
 * @param runner by default the one whose functions are global, or node:test
 */
export function itBehavesLikeAnImageDataset(
  make: () => ImageDataset,
  expected: ExpectedImages,
  runner = currentRunner(),
): void {
  const { describe } = runner;
  describe('as an image dataset', () => {
    itTellsWhatItHas(make, expected, runner);
    itReadsByIndex(make, expected, runner);
    itGivesBatches(make, expected, runner);
    itCanBeSplit(make, expected, runner);
  });
}

function itTellsWhatItHas(
  make: () => ImageDataset,
  { count, shape, classes }: ExpectedImages,
  { it }: TestRunner,
): void {
  it('has its image shape and classes before it is open', () => {
    assert.deepEqual(make().shape, shape);
    assert.equal(make().classes, classes);
  });

  it('has its number of images once it is open, and not before', async () => {
    assert.throws(() => make().count);
    assert.equal((await opened(make)).count, count);
  });

  it('may be opened twice', async () => {
    const dataset = await opened(make);
    const before = await dataset.read([0]);
    await dataset.open();
    assert.equal(dataset.count, count);
    assert.deepEqual(await dataset.read([0]), before);
  });
}

function itReadsByIndex(make: () => ImageDataset, { count, shape, classes }: ExpectedImages, { it }: TestRunner): void {
  const last = count - 1;
  const size = shape[0] * shape[1] * shape[2];

  it('returns the right number of bytes, not all equal', async () => {
    const { pixels } = await (await opened(make)).read([0, last]);
    assert.ok(pixels instanceof Uint8Array);
    assert.equal(pixels.length, 2 * size);
    assert.ok(new Set(pixels).size > 1, 'all bytes are equal');
  });

  it(classes ? 'labels each image with one of its classes' : 'has no labels', async () => {
    const { labels } = await (await opened(make)).read([0, 1, last]);
    if (classes) {
      assert.ok(labels instanceof Int32Array);
      assert.equal(labels.length, 3);
      assert.ok(labels.every((label) => label >= 0 && label < classes));
    } else assert.equal(labels, undefined);
  });

  it('reads in any order, repeatedly, each image as if it were read alone', async () => {
    const dataset = await opened(make);
    const indices = [last, 0, 2, 0, 1];
    const batch = await dataset.read(indices);
    const alone = await Promise.all(indices.map((index) => dataset.read([index])));
    assert.deepEqual(batch, concatBatches(alone));
    assert.deepEqual(await dataset.read(Int32Array.from(indices)), batch);
  });

  it('reads the same from two instances', async () => {
    const [one, other] = [await opened(make), await opened(make)];
    assert.deepEqual(await one.read([1, last]), await other.read([1, last]));
  });

  it('returns images that can be changed without changing the dataset', async () => {
    const dataset = await opened(make);
    const first = await dataset.read([0]);
    const copy = first.pixels.slice();
    first.pixels.fill(77);
    assert.deepEqual((await dataset.read([0])).pixels, copy);
  });

  it('returns nothing for no indices', async () => {
    assert.equal((await (await opened(make)).read([])).pixels.length, 0);
  });

  for (const index of [-1, count, 0.5, NaN]) {
    it(`refuses the index ${index}`, async () => {
      const dataset = await opened(make);
      await assert.rejects(dataset.read([0, index]), Error);
    });
  }
}

function itGivesBatches(make: () => ImageDataset, { count }: ExpectedImages, { it }: TestRunner): void {
  const batchSize = Math.max(1, Math.min(16, Math.floor(count / 2)));
  // Not a shuffle, but another order each epoch: a step that shares no factor with any count below 10,007.
  const permutation = (epoch: number): number[] =>
    Array.from({ length: count }, (_, position) => (position * 10_007 + epoch) % count);

  it('returns the images of an epoch in the order of the permutation, each at most once', async () => {
    const dataset = await opened(make);
    const order = permutation(3);
    assert.equal(new Set(order).size, count);
    const batches = await collect(new Batches(dataset, { batchSize, permutation }).epoch(3));
    assert.equal(batches.length, Math.floor(count / batchSize));
    for (const [position, batch] of batches.entries()) {
      assert.deepEqual(batch, await dataset.read(order.slice(position * batchSize, (position + 1) * batchSize)));
    }
  });

  it('resumes within an epoch with the remaining batches', async () => {
    const batches = new Batches(await opened(make), { batchSize, permutation });
    const from = Math.max(1, batches.batchesPerEpoch - 3);
    const rest = await collect(batches.epoch(1, from));
    const uninterrupted = await collect(new Batches(await opened(make), { batchSize, permutation }).epoch(1));
    assert.equal(rest.length, batches.batchesPerEpoch - from);
    assert.deepEqual(rest, uninterrupted.slice(from));
  });
}

function itCanBeSplit(make: () => ImageDataset, { count }: ExpectedImages, { it }: TestRunner): void {
  const parts = async () => {
    const { training, heldOut } = split(make(), 0.25, Random.fromSeed(1));
    await Promise.all([training.open(), heldOut.open()]);
    return [training, heldOut] as const;
  };

  it('can be split, so that each image is in one of the parts, with its label', async () => {
    const [training, heldOut] = await parts();
    assert.deepEqual([training.count, heldOut.count], [count - Math.round(count / 4), Math.round(count / 4)]);
    const both = [...(await imagesOf(training)), ...(await imagesOf(heldOut))];
    assert.deepEqual(both.sort(), (await imagesOf(await opened(make))).sort());
  });

  it('is split the same way by the same stream', async () => {
    const [[, one], [, other]] = [await parts(), await parts()];
    assert.deepEqual(await imagesOf(one), await imagesOf(other));
  });
}

/** Every image with its label, as a text that can be compared. */
async function imagesOf(dataset: Dataset<ImageBatch>): Promise<string[]> {
  const { pixels, labels } = await dataset.read(Array.from({ length: dataset.count }, (_, index) => index));
  const size = pixels.length / dataset.count;
  return Array.from({ length: dataset.count }, (_, index) => {
    const image = Buffer.from(pixels.subarray(index * size, (index + 1) * size)).toString('base64');
    return `${labels?.[index] ?? ''} ${image}`;
  });
}

async function opened(make: () => ImageDataset): Promise<ImageDataset> {
  const dataset = make();
  await dataset.open();
  return dataset;
}

async function collect(batches: AsyncIterable<ImageBatch>): Promise<ImageBatch[]> {
  const all: ImageBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

function concatBatches(batches: readonly ImageBatch[]): ImageBatch {
  const pixels = Uint8Array.from(batches.flatMap((batch) => [...batch.pixels]));
  if (!batches[0]?.labels) return { pixels };
  return { pixels, labels: Int32Array.from(batches.flatMap((batch) => [...(batch.labels ?? [])])) };
}
