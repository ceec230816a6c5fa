import { UserError } from '../errors';
import type { ImageBatch, ImageDataset } from '../kinds/image-dataset';
import type { ShardRange } from '../random/random';
import { checkDataset, readImages } from './read-images';

export interface BatchesOptions {
  /** Images in each batch. */
  readonly batchSize: number;
  /**
   * The order of the images in an epoch: each index in [0, dataset.count) once. Must give the same order whenever it is asked. Without
   * it they come in the order of the dataset.
   */
  readonly permutation?: (epoch: number) => ArrayLike<number>;
  /** Whether the images that are left over make a last, smaller batch; they are left out otherwise. */
  readonly partial?: boolean;
  /** How many batches are read ahead while the consumer works on one. */
  readonly prefetch?: number;
  /** Which images of each batch are read; all of them where it is left out. */
  readonly share?: Shard | undefined;
}

/** One worker's share of every batch. */
export interface Shard {
  /** The number of the worker, from 0. */
  readonly index: number;
  /** How many workers there are. */
  readonly count: number;
  /** The parts that a batch is computed in, one after the other: each worker has a share of each. Together they must divide a batch. */
  readonly parts: number;
}

/**
 * Batches of an open dataset, shuffled or in its order. An epoch is a function of its number, and a batch of its place in the epoch, so that a
 * position is two integers and nothing else need be saved.
 *
 * All batches have `batchSize` images, so that every step has one shape: the `count % batchSize` images at the end of an epoch's
 * order are left out of that epoch, other images in each, unless `partial` asks for them.
 */
export class Batches {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  private readonly permutation: NonNullable<BatchesOptions['permutation']>;
  private readonly prefetch: number;
  private readonly share: Shard;

  /** @throws UserError where the dataset has too few images for one batch, or describes itself wrongly */
  constructor(
    private readonly dataset: ImageDataset,
    {
      batchSize,
      permutation = () => inOrder(dataset.count),
      partial = false,
      prefetch = 2,
      share = ALL,
    }: BatchesOptions,
  ) {
    checkDataset(dataset);
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new UserError(`batchSize=${batchSize}: a batch is one image or more, counted in whole numbers.`);
    }
    if (batchSize > dataset.count && !partial) throw tooFew(batchSize, dataset.count);
    this.batchSize = batchSize;
    this.permutation = permutation;
    this.prefetch = prefetch;
    this.share = share;
    this.batchesPerEpoch = (partial ? Math.ceil : Math.floor)(dataset.count / batchSize);
  }

  /** Where in a whole batch the images stand that are read of it, in their order. */
  get shards(): readonly ShardRange[] {
    return shardsOf(this.batchSize, this.share);
  }

  /**
   * Yields batches `from` to `batchesPerEpoch - 1` of an epoch. Nothing is being read any more once the generator has ended, by
   * its end, by the consumer's leaving or by an error.
   * @throws UserError of the dataset, at the batch that cannot be read
   */
  async *epoch(epoch: number, from = 0): AsyncGenerator<ImageBatch, void, undefined> {
    const order = this.orderOf(epoch);
    const ahead: Promise<ImageBatch>[] = [];
    let next = from;
    const take = (): Promise<ImageBatch> | undefined => {
      while (next < this.batchesPerEpoch && ahead.length <= this.prefetch) ahead.push(this.read(order, next++));
      return ahead.shift();
    };
    try {
      for (let reading = take(); reading; reading = take()) yield await reading;
    } finally {
      await Promise.allSettled(ahead);
    }
  }

  private orderOf(epoch: number): Int32Array {
    const order = Int32Array.from(this.permutation(epoch));
    if (order.length !== this.dataset.count) {
      throw new Error(`The permutation orders ${order.length} images of a dataset of ${this.dataset.count}.`);
    }
    return order;
  }

  private read(order: Int32Array, batch: number): Promise<ImageBatch> {
    const whole = order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
    const reading = readImages(this.dataset, shareOf(whole, this.share));
    // A read ahead that fails is told when its turn comes; until then Node must not take it for an unhandled rejection.
    reading.catch(() => undefined);
    return reading;
  }
}

const ALL: Shard = { index: 0, count: 1, parts: 1 };

/** Of each part of a batch the images whose turn is this worker's. */
function shareOf(batch: Int32Array, share: Shard): Int32Array {
  const pieces = shardsOf(batch.length, share).map(({ examples, first }) => batch.subarray(first, first + examples));
  return Int32Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Where in a batch a worker's share of each part stands. */
function shardsOf(batchSize: number, { index, count, parts }: Shard): ShardRange[] {
  const examples = batchSize / (count * parts);
  return Array.from({ length: parts }, (_, part) => ({ examples, first: (part * count + index) * examples }));
}

function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

function tooFew(batchSize: number, count: number): UserError {
  return new UserError(`batchSize=${batchSize} is larger than the ${count} images of the dataset.`, {
    hints: [`Choose a smaller batch, --set batchSize=${count} at most, or a dataset with more images.`],
  });
}
