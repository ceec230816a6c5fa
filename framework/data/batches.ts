import { UserError } from '../errors';
import { type Dataset, readChecked } from '../kinds/dataset';
import type { ShardRange } from '../random/random';
import type { Source } from './source';

export interface BatchesOptions {
  /** Examples in each batch. */
  readonly batchSize: number;
  /**
   * Order of the examples in an epoch: each index in [0, dataset.count) once, the same on every call. The order of the dataset by
   * default.
   */
  readonly permutation?: (epoch: number) => ArrayLike<number>;
  /** Whether remaining examples form a last, smaller batch; they are dropped otherwise. */
  readonly partial?: boolean;
  /** Number of batches to prefetch. */
  readonly prefetch?: number;
  /** Shard of each batch to read; the whole batch by default. */
  readonly share?: Shard | undefined;
}

/** One worker's shard of every batch. */
export interface Shard {
  /** Index of the worker, from 0. */
  readonly index: number;
  /** Number of workers. */
  readonly count: number;
  /** Number of micro-batches; each worker has a shard of each. `count * parts` must divide the batch size. */
  readonly parts: number;
}

/**
 * Batches of an open dataset, shuffled or in its order. An epoch is a function of its number, and a batch of its index in the epoch, so
 * that two integers are the whole state.
 *
 * All batches have `batchSize` examples, so that every step has one shape: the `count % batchSize` examples at the end of an epoch's
 * order are dropped from that epoch, different ones in each, unless `partial` is set.
 */
export class Batches<Batch> implements Source<Batch> {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  private readonly permutation: NonNullable<BatchesOptions['permutation']>;
  private readonly prefetch: number;
  private readonly share: Shard;

  /** @throws UserError if the dataset has too few examples for one batch, or violates its contract */
  constructor(
    private readonly dataset: Dataset<Batch>,
    {
      batchSize,
      permutation = () => inOrder(dataset.count),
      partial = false,
      prefetch = 2,
      share = WHOLE_BATCH,
    }: BatchesOptions,
  ) {
    dataset.check();
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new UserError(`batchSize=${batchSize}: expected an integer of at least 1.`);
    }
    if (batchSize > dataset.count && !partial) throw batchTooLarge(batchSize, dataset.count);
    this.batchSize = batchSize;
    this.permutation = permutation;
    this.prefetch = prefetch;
    this.share = share;
    this.batchesPerEpoch = (partial ? Math.ceil : Math.floor)(dataset.count / batchSize);
  }

  /** Ranges of the whole batch that are read, in order. */
  get shards(): readonly ShardRange[] {
    return shardsOf(this.batchSize, this.share);
  }

  /**
   * Yields batches `from` to `to - 1` of an epoch. All reads have finished once the generator ends, whether
   * normally, early or by an error.
   * @throws UserError of the dataset, at the batch that cannot be read
   */
  async *epoch(epoch: number, from = 0, to = this.batchesPerEpoch): AsyncGenerator<Batch, void, undefined> {
    const order = this.orderOf(epoch);
    const ahead: Promise<Batch>[] = [];
    let next = from;
    const take = (): Promise<Batch> | undefined => {
      while (next < to && ahead.length <= this.prefetch) ahead.push(this.read(order, next++));
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
      throw new Error(`The permutation orders ${order.length} examples of a dataset of ${this.dataset.count}.`);
    }
    return order;
  }

  private read(order: Int32Array, batch: number): Promise<Batch> {
    const whole = order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
    const reading = readChecked(this.dataset, shareOf(whole, this.share));
    // A failed prefetch is reported when its batch is due; until then Node must not treat it as an unhandled rejection.
    reading.catch(() => undefined);
    return reading;
  }
}

const WHOLE_BATCH: Shard = { index: 0, count: 1, parts: 1 };

/** Examples of a batch that belong to a shard. */
function shareOf(batch: Int32Array, share: Shard): Int32Array {
  const pieces = shardsOf(batch.length, share).map(({ examples, first }) => batch.subarray(first, first + examples));
  return Int32Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Ranges of a worker's shard in each micro-batch. */
export function shardsOf(batchSize: number, { index, count, parts }: Shard): ShardRange[] {
  const examples = batchSize / (count * parts);
  return Array.from({ length: parts }, (_, part) => ({ examples, first: (part * count + index) * examples }));
}

function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

function batchTooLarge(batchSize: number, count: number): UserError {
  return new UserError(`batchSize=${batchSize} is larger than the ${count} examples of the dataset.`, {
    hints: [`Choose a smaller batch, at most --set batchSize=${count}, or a dataset with more examples.`],
  });
}
