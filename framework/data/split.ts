import { UserError } from '../errors';
import { type Fingerprint, type ImageBatch, ImageDataset, type ImageShape } from '../kinds/image-dataset';
import type { Random } from '../random/random';
import { checkDataset, readImages } from './read-images';

/** Some of a dataset's images, counted anew from 0. */
export class Subset extends ImageDataset {
  readonly shape: ImageShape;
  override readonly classes: number | undefined;
  override readonly flips: boolean;
  private indices: ArrayLike<number> | undefined;

  /** @param choose the indices of the images in the whole, which is open then and has so many; asked once */
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
    // Checked here too, so that an error has the index in the whole.
    return readImages(
      this.whole,
      Array.from(indices, (index) => this.indexInWhole(index)),
    );
  }

  private indexInWhole(index: number): number {
    const found = this.opened[index];
    if (found === undefined) throw new RangeError(`There is no image ${index} of ${this.count}, counted from 0.`);
    return found;
  }

  private get opened(): ArrayLike<number> {
    if (!this.indices) throw new Error('The dataset is not open yet: call open first.');
    return this.indices;
  }
}

/** The two parts of a dataset; each image is in one of them. Opening a part opens the whole. */
export interface Split {
  readonly training: ImageDataset;
  readonly heldOut: ImageDataset;
}

/**
 * Holds some images of a dataset out of training, to measure a model by. Which ones is a function of the stream and of how many images
 * there are, so that a resumed run holds out the same.
 * @param share of the images that is held out, in (0, 1); rounded to whole images
 * @param random draws the choice
 * @throws UserError when a part is opened that would have no image
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
  throw new UserError(`Holding out a share of ${share} of ${count} images leaves a part without any.`, {
    hints: ['Hold out another share, or choose a dataset with more images.'],
  });
}
