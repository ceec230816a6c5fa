import { expect } from 'chai';
import { Batches } from '../../../framework/data/batches';
import { UserError } from '../../../framework/errors';
import { type ImageBatch, ImageDataset, type ImageShape } from '../../../plugins/images/kinds/image-dataset';
import { rejection } from '../../support/rejection';

/** Images of one pixel, whose colour is their index; it says what is read when. */
class Counting extends ImageDataset {
  readonly shape: ImageShape = [1, 1, 1];
  readonly begun: number[][] = [];
  reading = 0;

  constructor(
    readonly count: number,
    private readonly broken = -1,
  ) {
    super();
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  async read(indices: ArrayLike<number>): Promise<ImageBatch> {
    this.begun.push(Array.from(indices));
    this.reading++;
    await new Promise((done) => setImmediate(done));
    this.reading--;
    if (Array.from(indices).includes(this.broken)) throw new UserError(`image ${this.broken} is broken`);
    return { pixels: Uint8Array.from(indices) };
  }
}

describe('Batches', () => {
  const forwards = (count: number) => () => Array.from({ length: count }, (_, position) => position);

  async function collect(batches: AsyncIterable<ImageBatch>): Promise<number[][]> {
    const all: number[][] = [];
    for await (const { pixels } of batches) all.push([...pixels]);
    return all;
  }

  it('splits the order of the epoch into batches and drops the partial one', async () => {
    const permutation = (epoch: number): number[] => (epoch === 4 ? [6, 1, 0, 3, 5, 2, 4] : [0, 1, 2, 3, 4, 5, 6]);
    const batches = new Batches(new Counting(7), { batchSize: 2, permutation });
    expect(batches.batchesPerEpoch).to.equal(3);
    expect(await collect(batches.epoch(4))).to.deep.equal([
      [6, 1],
      [0, 3],
      [5, 2],
    ]);
  });

  it('also returns the partial batch if configured to', async () => {
    const batches = new Batches(new Counting(5), { batchSize: 2, partial: true });
    expect(batches.batchesPerEpoch).to.equal(3);
    expect(await collect(batches.epoch(0))).to.deep.equal([[0, 1], [2, 3], [4]]);
    expect(await collect(new Batches(new Counting(3), { batchSize: 8, partial: true }).epoch(0))).to.deep.equal([
      [0, 1, 2],
    ]);
  });

  it('keeps the order of the dataset by default', async () => {
    const batches = new Batches(new Counting(4), { batchSize: 2 });
    expect(await collect(batches.epoch(7))).to.deep.equal([
      [0, 1],
      [2, 3],
    ]);
  });

  it('starts at a given batch', async () => {
    const batches = new Batches(new Counting(8), { batchSize: 2, permutation: forwards(8) });
    expect(await collect(batches.epoch(0, 2))).to.deep.equal([
      [4, 5],
      [6, 7],
    ]);
    expect(await collect(batches.epoch(0, 4))).to.deep.equal([]);
  });

  for (const prefetch of [0, 1, 2, 9]) {
    it(`reads ${prefetch} batches ahead of the current one, and no batch twice`, async () => {
      const dataset = new Counting(10);
      const epoch = new Batches(dataset, { batchSize: 2, permutation: forwards(10), prefetch }).epoch(0);
      await epoch.next();
      expect(dataset.begun).to.have.length(Math.min(5, 1 + prefetch));
      await epoch.next();
      expect(dataset.begun).to.have.length(Math.min(5, 2 + prefetch));
      expect(await collect(epoch)).to.deep.equal([
        [4, 5],
        [6, 7],
        [8, 9],
      ]);
      expect(dataset.begun).to.have.length(5);
    });
  }

  it('reads nothing before the first request', () => {
    const dataset = new Counting(4);
    new Batches(dataset, { batchSize: 2, permutation: forwards(4) }).epoch(0);
    expect(dataset.begun).to.deep.equal([]);
  });

  it('has stopped reading when a consumer continues after leaving the loop', async () => {
    const dataset = new Counting(10);
    for await (const batch of new Batches(dataset, { batchSize: 2, permutation: forwards(10) }).epoch(0)) {
      expect([...batch.pixels]).to.deep.equal([0, 1]);
      break;
    }
    expect(dataset.reading).to.equal(0);
    expect(dataset.begun).to.have.length(3);
  });

  it('reports a failed read at its batch, after those before it, and has then stopped reading', async () => {
    const dataset = new Counting(10, 5);
    const epoch = new Batches(dataset, { batchSize: 2, permutation: forwards(10) }).epoch(0);
    expect((await epoch.next()).done).to.equal(false);
    // Time for the read ahead to fail: an unhandled rejection would end the process.
    await new Promise((done) => setTimeout(done, 5));
    expect((await epoch.next()).done).to.equal(false);
    expect(String(await rejection(epoch.next()))).to.include('image 5 is broken');
    expect(dataset.reading).to.equal(0);
    expect((await epoch.next()).done).to.equal(true);
  });

  it('ignores a failed read that was never reached', async () => {
    const dataset = new Counting(10, 3);
    const epoch = new Batches(dataset, { batchSize: 2, permutation: forwards(10) }).epoch(0);
    await epoch.next();
    await epoch.return();
    expect(dataset.reading).to.equal(0);
  });

  it('refuses a batch that is larger than the dataset', () => {
    const make = () => new Batches(new Counting(10), { batchSize: 64, permutation: forwards(10) });
    expect(make).to.throw(UserError, 'batchSize=64 is larger than the 10 examples of the dataset.');
  });

  for (const batchSize of [0, -1, 2.5, NaN]) {
    it(`refuses batches of ${batchSize}`, () => {
      const make = () => new Batches(new Counting(10), { batchSize, permutation: forwards(10) });
      expect(make).to.throw(UserError, `batchSize=${batchSize}`);
    });
  }

  it('refuses an order that does not match the dataset', async () => {
    const epoch = new Batches(new Counting(10), { batchSize: 2, permutation: forwards(9) }).epoch(0);
    expect(String(await rejection(epoch.next()))).to.include('orders 9 examples of a dataset of 10');
  });

  it('divides each part of a batch equally among workers', async () => {
    const shares = [0, 1].map((index) => {
      const share = { index, count: 2, parts: 2 };
      return collect(new Batches(new Counting(17), { batchSize: 8, permutation: forwards(17), share }).epoch(0));
    });
    expect(await Promise.all(shares)).to.deep.equal([
      [
        [0, 1, 4, 5],
        [8, 9, 12, 13],
      ],
      [
        [2, 3, 6, 7],
        [10, 11, 14, 15],
      ],
    ]);
  });
});
