import { UserError } from '../errors';
import { Dataset, type Fingerprint, readChecked } from '../kinds/dataset';
import type { Random } from '../random/random';

/** Subset of a dataset's examples, renumbered from 0. */
export class Subset<Batch> extends Dataset<Batch> {
  private indices: ArrayLike<number> | undefined;

  /** @param choose returns the indices of the examples in the whole dataset, given its size; called once, when it is open */
  constructor(
    private readonly whole: Dataset<Batch>,
    private readonly choose: (count: number) => ArrayLike<number>,
  ) {
    super();
  }

  get count(): number {
    return this.opened.length;
  }

  override get skipped(): number | undefined {
    return this.whole.skipped;
  }

  override fingerprint(): Fingerprint {
    return this.whole.fingerprint();
  }

  async open(): Promise<void> {
    await this.whole.open();
    this.whole.check();
    this.indices = this.opened;
  }

  async read(indices: ArrayLike<number>): Promise<Batch> {
    // Checked here too, so that an error has the index in the whole dataset.
    return readChecked(
      this.whole,
      Array.from(indices, (index) => this.indexInWhole(index)),
    );
  }

  private indexInWhole(index: number): number {
    const wholeIndex = this.opened[index];
    if (wholeIndex === undefined) throw new RangeError(`Index ${index} is out of range: 0 to ${this.count - 1}.`);
    return wholeIndex;
  }

  private get opened(): ArrayLike<number> {
    return (this.indices ??= this.choose(this.whole.count));
  }
}

/** Training and held-out parts of a dataset; each example is in one of them. Opening a part opens the whole dataset. */
export interface Split<Batch> {
  readonly training: Dataset<Batch>;
  readonly heldOut: Dataset<Batch>;
}

/**
 * Holds out examples of a dataset for evaluation. The choice is a function of the stream and of the number of examples, so that a resumed run
 * holds out the same ones.
 * @param share fraction of the examples to hold out, in (0, 1); rounded to whole examples
 * @param random source of the choice
 * @throws UserError on opening, if a part would be empty
 */
export function split<Batch>(dataset: Dataset<Batch>, share: number, random: Random): Split<Batch> {
  const shuffled = (count: number) => random.permutation(count);
  const cut = (count: number) => checkedCut(Math.round(count * share), count, share);
  return {
    heldOut: new Subset(dataset, (count) => shuffled(count).subarray(0, cut(count))),
    training: new Subset(dataset, (count) => shuffled(count).subarray(cut(count))),
  };
}

function checkedCut(cut: number, count: number, share: number): number {
  if (cut > 0 && cut < count) return cut;
  throw new UserError(`Holding out a fraction of ${share} of ${count} examples leaves one part empty.`, {
    hints: ['Hold out another fraction, or choose a dataset with more examples.'],
  });
}
