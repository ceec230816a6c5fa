import { contractError } from './contract';

/** Fingerprint of a dataset: a hash or description for each named part. */
export type Fingerprint = Readonly<Record<string, string>>;

/**
 * A finite set of examples, read by index in any order.
 *
 * A constructor only keeps its settings; `open` finds, downloads and checks files. Order, batches and position are handled by `Batches`,
 * so a dataset is free of randomness.
 */
export abstract class Dataset<Batch> {
  /** Number of examples. @throws Error before `open` */
  abstract readonly count: number;

  /** Number of unreadable examples skipped so far; undefined if the dataset skips none. */
  get skipped(): number | undefined {
    return undefined;
  }

  /**
   * Fingerprint of the open dataset, cheap to compute: a run can only be resumed on data with the same fingerprint. The number of
   * examples by default.
   */
  fingerprint(): Fingerprint {
    return { examples: String(this.count) };
  }

  /**
   * Finds the data and checks it. Called before the first `read`.
   * @throws UserError if the data is missing or broken, naming the file and the remedy
   */
  abstract open(): Promise<void>;

  /**
   * Reads examples; expensive work runs off the main thread.
   * @param indices each in [0, count); may repeat
   * @throws UserError naming the file that cannot be read
   */
  abstract read(indices: ArrayLike<number>): Promise<Batch>;

  /** Checks the properties of the open dataset against the contract of its kind. @throws UserError naming the wrong one */
  check(): void {
    if (Number.isSafeInteger(this.count) && this.count >= 0) return;
    throw contractError(this, 'count', 'an integer of at least 0', this.count);
  }

  /** Checks what `read` returned against the contract of the kind; no check by default. @throws UserError naming the invalid example */
  checkBatch?(batch: Batch, indices: ArrayLike<number>): void;
}

/** Reads examples and checks them: the only way to read a dataset, so that all uses reject the same faults. @throws UserError as `read` */
export async function readChecked<Batch>(dataset: Dataset<Batch>, indices: ArrayLike<number>): Promise<Batch> {
  const batch = await dataset.read(indices);
  dataset.checkBatch?.(batch, indices);
  return batch;
}
