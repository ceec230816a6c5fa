import type { Fingerprint } from '../kinds/dataset';
import { ImageDataset, type ImageBatch, type ImageSettings, type ImageShape } from '../kinds/image-dataset';
import type { ImageTable } from './image-table';

/** Dataset held in memory at its native size once open, and resized on reading. */
export abstract class InMemoryDataset extends ImageDataset {
  readonly shape: ImageShape;
  private table: ImageTable | undefined;

  /** @param channels 1 for grey images, 3 for colours */
  constructor(settings: ImageSettings, channels: number) {
    super();
    this.shape = [settings.imageSize, settings.imageSize, channels];
  }

  /** Loads all images. @throws UserError if the data is missing or broken, naming the file and the remedy */
  protected abstract load(): Promise<ImageTable>;

  get count(): number {
    return this.opened.count;
  }

  override fingerprint(): Fingerprint {
    return this.opened.fingerprint();
  }

  async open(): Promise<void> {
    this.table ??= await this.load();
  }

  read(indices: ArrayLike<number>): Promise<ImageBatch> {
    return Promise.resolve().then(() => this.opened.read(indices, this.shape[0]));
  }

  private get opened(): ImageTable {
    if (!this.table) throw new Error('The dataset is not open yet: call open first.');
    return this.table;
  }
}
