import { join } from 'node:path';
import { ImageDataset, ImageSettings, InMemoryDataset, LabelledImages } from 'explab/images';
import { option } from 'explab';

/** 1,797 handwritten digits of 8×8 grey pixels, embedded (no download). */
@option(ImageDataset, 'Digits', ImageSettings)
export class Digits extends InMemoryDataset {
  override readonly classes = 10;

  constructor(settings: ImageSettings) {
    super(settings, 1);
  }

  protected load(): Promise<LabelledImages> {
    const file = (name: string): string => join(__dirname, name);
    return LabelledImages.fromIDX(file('images-idx3-ubyte.gz'), file('labels-idx1-ubyte.gz'), this.classes);
  }
}
