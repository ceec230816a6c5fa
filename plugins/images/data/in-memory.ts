import type { Fingerprint } from 'explab';
import { type ImageBatch, ImageDataset, type ImageSettings, type ImageShape } from '../kinds/image-dataset';
import type { LabelledImages } from './labelled-images';

/** Dataset held in memory at its native size once open, and resized on reading. */
export abstract class InMemoryDataset extends ImageDataset {
  readonly shape: ImageShape;
  private images: LabelledImages | undefined;

  /** @param channels 1 for grey images, 3 for colours */
  constructor(settings: ImageSettings, channels: number) {
    super();
    this.shape = [settings.imageSize, settings.imageSize, channels];
  }

  /** Loads all images. @throws UserError if the data is missing or broken, naming the file and the remedy */
  protected abstract load(): Promise<LabelledImages>;

  get count(): number {
    return this.opened.count;
  }

  override fingerprint(): Fingerprint {
    return this.opened.fingerprint();
  }

  async open(): Promise<void> {
    this.images ??= await this.load();
  }

  read(indices: ArrayLike<number>): Promise<ImageBatch> {
    return Promise.resolve().then(() => this.opened.read(indices, this.shape[0]));
  }

  private get opened(): LabelledImages {
    if (!this.images) throw new Error('The dataset is not open yet: call open first.');
    return this.images;
  }
}
