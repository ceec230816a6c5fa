import type { ShardRange } from '../random/random';

/** Batches of an experiment, by epoch. */
export interface Source<Batch> {
  /** Number of batches in every epoch; undefined if an epoch ends where its batches end. */
  readonly batchesPerEpoch?: number | undefined;

  /** Ranges of the whole batch that each batch has, in order: with several workers, this worker's share. Undefined if it cannot share. */
  readonly shards?: readonly ShardRange[] | undefined;

  /** Position of a stream after the last batch, as JSON. Saved in checkpoints, and assigned before `epoch` when a run is resumed. */
  cursor?: unknown;

  /** Yields the batches of an epoch in order, without the first `from`. The same on every call, for the same cursor. */
  epoch(epoch: number, from: number): Iterable<Batch> | AsyncIterable<Batch>;
}
