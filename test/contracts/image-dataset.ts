import { expect } from 'chai';
import { Batches } from '../../framework/data/batches';
import { split } from '../../framework/data/split';
import type { Dataset } from '../../framework/kinds/dataset';
import type { ImageBatch, ImageDataset, ImageShape } from '../../plugins/images/kinds/image-dataset';
import { Random } from '../../framework/random/random';
import { rejection } from '../support/rejection';

export interface Expected {
  readonly count: number;
  readonly shape: ImageShape;
  readonly classes?: number;
}

/**
 * What holds for every image dataset; a plugin's test calls it within its own `describe`.
 * @param make a new dataset each time, not yet open, of the same images; at least four, and not all the same
 */
export function itBehavesLikeAnImageDataset(make: () => ImageDataset, expected: Expected): void {
  describe('as an image dataset', () => {
    itTellsWhatItHas(make, expected);
    itReadsByIndex(make, expected);
    itGivesBatches(make, expected);
    itCanBeSplit(make, expected);
  });
}

function itTellsWhatItHas(make: () => ImageDataset, { count, shape, classes }: Expected): void {
  it('has its image shape and classes before it is open', () => {
    expect(make().shape).to.deep.equal(shape);
    expect(make().classes).to.equal(classes);
  });

  it('has its number of images once it is open, and not before', async () => {
    expect(() => make().count).to.throw();
    expect((await opened(make)).count).to.equal(count);
  });

  it('may be opened twice', async () => {
    const dataset = await opened(make);
    const before = await dataset.read([0]);
    await dataset.open();
    expect(dataset.count).to.equal(count);
    expect(await dataset.read([0])).to.deep.equal(before);
  });
}

function itReadsByIndex(make: () => ImageDataset, { count, shape, classes }: Expected): void {
  const last = count - 1;
  const size = shape[0] * shape[1] * shape[2];

  it('returns the right number of bytes, not all equal', async () => {
    const { pixels } = await (await opened(make)).read([0, last]);
    expect(pixels).to.be.an.instanceOf(Uint8Array);
    expect(pixels.length).to.equal(2 * size);
    expect(new Set(pixels).size).to.be.greaterThan(1);
  });

  it(classes ? 'labels each image with one of its classes' : 'has no labels', async () => {
    const { labels } = await (await opened(make)).read([0, 1, last]);
    if (classes) {
      expect(labels).to.be.an.instanceOf(Int32Array);
      expect(labels).to.have.length(3);
      expect([...labels!].every((label) => label >= 0 && label < classes)).to.equal(true);
    } else expect(labels).to.equal(undefined);
  });

  it('reads in any order, repeatedly, each image as if it were read alone', async () => {
    const dataset = await opened(make);
    const indices = [last, 0, 2, 0, 1];
    const batch = await dataset.read(indices);
    const alone = await Promise.all(indices.map((index) => dataset.read([index])));
    expect(batch).to.deep.equal(concatBatches(alone));
    expect(await dataset.read(Int32Array.from(indices))).to.deep.equal(batch);
  });

  it('reads the same from two instances', async () => {
    const [one, other] = [await opened(make), await opened(make)];
    expect(await one.read([1, last])).to.deep.equal(await other.read([1, last]));
  });

  it('returns images that can be changed without changing the dataset', async () => {
    const dataset = await opened(make);
    const first = await dataset.read([0]);
    const copy = first.pixels.slice();
    first.pixels.fill(77);
    expect((await dataset.read([0])).pixels).to.deep.equal(copy);
  });

  it('returns nothing for no indices', async () => {
    expect((await (await opened(make)).read([])).pixels).to.have.length(0);
  });

  for (const index of [-1, count, 0.5, NaN]) {
    it(`refuses the index ${index}`, async () => {
      const dataset = await opened(make);
      expect(await rejection(dataset.read([0, index]))).to.be.an.instanceOf(Error);
    });
  }
}

function itGivesBatches(make: () => ImageDataset, { count }: Expected): void {
  const batchSize = Math.max(1, Math.min(16, Math.floor(count / 2)));
  // Not a shuffle, but another order each epoch: a step that shares no factor with any count below 10,007.
  const permutation = (epoch: number): number[] =>
    Array.from({ length: count }, (_, position) => (position * 10_007 + epoch) % count);

  it('returns the images of an epoch in the order of the permutation, each at most once', async () => {
    const dataset = await opened(make);
    const order = permutation(3);
    expect(new Set(order).size).to.equal(count);
    const batches = await collect(new Batches(dataset, { batchSize, permutation }).epoch(3));
    expect(batches).to.have.length(Math.floor(count / batchSize));
    for (const [position, batch] of batches.entries()) {
      expect(batch).to.deep.equal(await dataset.read(order.slice(position * batchSize, (position + 1) * batchSize)));
    }
  });

  it('resumes within an epoch with the remaining batches', async () => {
    const batches = new Batches(await opened(make), { batchSize, permutation });
    const from = Math.max(1, batches.batchesPerEpoch - 3);
    const rest = await collect(batches.epoch(1, from));
    const uninterrupted = await collect(new Batches(await opened(make), { batchSize, permutation }).epoch(1));
    expect(rest).to.have.length(batches.batchesPerEpoch - from);
    expect(rest).to.deep.equal(uninterrupted.slice(from));
  });
}

function itCanBeSplit(make: () => ImageDataset, { count }: Expected): void {
  const parts = async () => {
    const { training, heldOut } = split(make(), 0.25, Random.fromSeed(1));
    await Promise.all([training.open(), heldOut.open()]);
    return [training, heldOut] as const;
  };

  it('can be split, so that each image is in one of the parts, with its label', async () => {
    const [training, heldOut] = await parts();
    expect([training.count, heldOut.count]).to.deep.equal([count - Math.round(count / 4), Math.round(count / 4)]);
    const both = [...(await imagesOf(training)), ...(await imagesOf(heldOut))];
    expect(both.sort()).to.deep.equal((await imagesOf(await opened(make))).sort());
  });

  it('is split the same way by the same stream', async () => {
    const [[, one], [, other]] = [await parts(), await parts()];
    expect(await imagesOf(one)).to.deep.equal(await imagesOf(other));
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
