import type { ShardRange } from '../random/random';
import { type ArrayRecord, countOf, takeExamples } from './array-record';
import { type Shard, shardsOf } from './batches';
import type { Source } from './source';

/** Options of a source of whole batches. */
interface SourceOptions {
  /** Number of examples in every batch: with several workers, each takes its shard of them. */
  readonly batchSize: number;
  /** Shard of each batch; the whole batch by default. */
  readonly share?: Shard | undefined;
}

/** Batches that are made from their position. @param make the whole batch; a function of its arguments alone */
export function generated<Batch extends ArrayRecord>(
  batchesPerEpoch: number,
  make: (epoch: number, batch: number) => Batch | Promise<Batch>,
  options: SourceOptions,
): Source<Batch> {
  const shards = rangesOf(options);
  async function* epoch(epoch: number, from: number): AsyncGenerator<Batch> {
    for (let batch = from; batch < batchesPerEpoch; batch++)
      yield takeShards(await make(epoch, batch), shards, options);
  }
  return { batchesPerEpoch, shards, epoch };
}

/** A batch of a stream, and the cursor, as JSON, from which the stream continues after it. */
export interface Streamed<Batch> {
  readonly batch: Batch;
  readonly cursor: unknown;
}

/**
 * Batches of a stream, such as a log or a database. An epoch has the given number of batches, and the next one continues there; without a
 * number, it ends where the stream ends, and the next one starts the stream again.
 * @param open opens the stream at a cursor, or at its start; the same cursor yields the same batches
 */
export function streamed<Batch extends ArrayRecord>(
  open: (cursor?: unknown) => AsyncIterable<Streamed<Batch>>,
  { batchesPerEpoch, ...options }: SourceOptions & { readonly batchesPerEpoch?: number | undefined },
): Source<Batch> {
  const shards = rangesOf(options);
  return {
    batchesPerEpoch,
    shards,
    cursor: undefined,
    async *epoch(_, from) {
      let done = from;
      for await (const { batch, cursor } of open(this.cursor)) {
        this.cursor = cursor;
        yield takeShards(batch, shards, options);
        if (++done === batchesPerEpoch) return;
      }
      if (batchesPerEpoch === undefined) this.cursor = undefined;
    },
  };
}

function rangesOf({ batchSize, share }: SourceOptions): readonly ShardRange[] {
  return shardsOf(batchSize, share ?? { index: 0, count: 1, parts: 1 });
}

function takeShards<Batch extends ArrayRecord>(
  batch: Batch,
  shards: readonly ShardRange[],
  { batchSize, share }: SourceOptions,
): Batch {
  const count = countOf(batch);
  if (count !== batchSize) throw new Error(`A batch has ${count} examples; expected batchSize=${batchSize}.`);
  if (!share) return batch;
  const indices = shards.flatMap(({ first, examples }) =>
    Array.from({ length: examples }, (_, index) => first + index),
  );
  return takeExamples(batch, indices);
}
