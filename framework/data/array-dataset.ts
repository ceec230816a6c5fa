import { Dataset, type Fingerprint } from '../kinds/dataset';
import { type ArrayRecord, countOf, hashOfArrays, takeExamples } from './array-record';

/** Dataset of arrays that are in memory once it is open. */
export abstract class ArrayDataset<Batch extends ArrayRecord> extends Dataset<Batch> {
  private arrays: Batch | undefined;

  /** Loads all examples. @throws UserError if the data is missing or broken, naming the file and the remedy */
  protected abstract load(): Promise<Batch> | Batch;

  get count(): number {
    return countOf(this.opened);
  }

  override fingerprint(): Fingerprint {
    return { examples: String(this.count), data: hashOfArrays(this.opened) };
  }

  async open(): Promise<void> {
    if (this.arrays) return;
    const arrays = await this.load();
    countOf(arrays);
    this.arrays = arrays;
  }

  read(indices: ArrayLike<number>): Promise<Batch> {
    return Promise.resolve().then(() => takeExamples(this.opened, indices));
  }

  private get opened(): Batch {
    if (!this.arrays) throw new Error('The dataset is not open yet: call open first.');
    return this.arrays;
  }
}
