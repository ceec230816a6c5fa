import { UserError } from '../errors';
import { type Fingerprint, type ImageBatch, ImageDataset, type ImageShape } from '../kinds/image-dataset';
import type { Random } from '../random/random';
import { checkDataset, readImages } from './read-images';

/** Subset of a dataset's images, renumbered from 0. */
export class Subset extends ImageDataset {
  readonly shape: ImageShape;
  override readonly classes: number | undefined;
  override readonly flips: boolean;
  private indices: ArrayLike<number> | undefined;

  /** @param choose returns the indices of the images in the whole dataset, given its size; called once, after opening it */
  constructor(
    private readonly whole: ImageDataset,
    private readonly choose: (count: number) => ArrayLike<number>,
  ) {
    super();
    this.shape = whole.shape;
    this.classes = whole.classes;
    this.flips = whole.flips;
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
    checkDataset(this.whole);
    this.indices ??= this.choose(this.whole.count);
  }

  async read(indices: ArrayLike<number>): Promise<ImageBatch> {
    // Checked here too, so that an error has the index in the whole dataset.
    return readImages(
      this.whole,
      Array.from(indices, (index) => this.indexInWhole(index)),
    );
  }

  private indexInWhole(index: number): number {
    const wholeIndex = this.opened[index];
    if (wholeIndex === undefined) throw new RangeError(`Image index ${index} is out of range: 0 to ${this.count - 1}.`);
    return wholeIndex;
  }

  private get opened(): ArrayLike<number> {
    if (!this.indices) throw new Error('The dataset is not open yet: call open first.');
    return this.indices;
  }
}

/** Training and held-out parts of a dataset; each image is in one of them. Opening a part opens the whole dataset. */
export interface Split {
  readonly training: ImageDataset;
  readonly heldOut: ImageDataset;
}

/**
 * Holds out images of a dataset for evaluation. The choice is a function of the stream and of the number of images, so that a resumed run
 * holds out the same ones.
 * @param share fraction of the images to hold out, in (0, 1); rounded to whole images
 * @param random source of the choice
 * @throws UserError on opening, if a part would be empty
 */
export function split(dataset: ImageDataset, share: number, random: Random): Split {
  const shuffled = (count: number) => random.permutation(count);
  const cut = (count: number) => checkedCut(Math.round(count * share), count, share);
  return {
    heldOut: new Subset(dataset, (count) => shuffled(count).subarray(0, cut(count))),
    training: new Subset(dataset, (count) => shuffled(count).subarray(cut(count))),
  };
}

function checkedCut(cut: number, count: number, share: number): number {
  if (cut > 0 && cut < count) return cut;
  throw new UserError(`Holding out a fraction of ${share} of ${count} images leaves one part empty.`, {
    hints: ['Hold out another fraction, or choose a dataset with more images.'],
  });
}
