import { join } from 'node:path';
import {
  decodeImage,
  findImages,
  type ImageBatch,
  ImageDataset,
  type ImageFile,
  ImageSettings,
  type ImageShape,
  messageOf,
  option,
  UserError,
  value,
} from 'explab';
import { inject } from 'inversify';

/** Which folder of images, and how they become squares. */
export class CelebASettings extends ImageSettings {
  /** Folder of .jpg, .jpeg and .png files, searched in depth. */
  root = value('data/celeba');
  /** Whether the largest square in the middle is taken; otherwise the whole image is squeezed into the square. */
  crop = value(false);
  /** What to do with a file that cannot be decoded: stop, or take the next one that can. */
  broken = value('error', { choices: ['error', 'skip'] });
}

/** A folder of images in colours, such as CelebA's 202,599 faces. */
@option(ImageDataset, 'CelebA', CelebASettings)
export class CelebA extends ImageDataset {
  readonly shape: ImageShape;
  override readonly flips = true;
  private files: readonly ImageFile[] | undefined;
  private readonly broken = new Set<ImageFile>();

  constructor(@inject(CelebASettings) private readonly settings: CelebASettings) {
    super();
    this.shape = [settings.imageSize, settings.imageSize, 3];
  }

  get count(): number {
    return this.opened.length;
  }

  /** How many files have been passed over so far because they cannot be decoded. */
  get skipped(): number {
    return this.broken.size;
  }

  async open(): Promise<void> {
    if (this.files) return;
    const files = await list(this.settings.root);
    for (const file of files.filter(({ size }) => size === 0)) {
      this.passOver(file, new UserError(`${file.path} is empty: it has 0 bytes.`));
    }
    this.files = files;
  }

  async read(indices: ArrayLike<number>): Promise<ImageBatch> {
    const [height, width, channels] = this.shape;
    const pixels = new Uint8Array(indices.length * height * width * channels);
    const images = await settled(Array.from(indices, (index) => this.imageAt(index)));
    images.forEach((image, place) => pixels.set(image, place * image.length));
    return { pixels };
  }

  private get opened(): readonly ImageFile[] {
    if (!this.files) throw new Error('The images are not listed yet: call open first.');
    return this.files;
  }

  /** The image at an index or, where broken ones are skipped, the first after it that is whole; the last is followed by the first. */
  private async imageAt(index: number): Promise<Uint8Array> {
    const files = this.opened;
    if (!(index in files)) throw new RangeError(`There is no image ${index} of ${files.length}, counted from 0.`);
    for (let step = 0; step < files.length; step++) {
      const file = files[(index + step) % files.length];
      const image = file && (await this.decode(file));
      if (image) return image;
    }
    throw new UserError(`None of the ${files.length} images in ${this.settings.root} can be decoded.`);
  }

  private async decode(file: ImageFile): Promise<Uint8Array | undefined> {
    if (this.broken.has(file)) return undefined;
    const { imageSize, crop } = this.settings;
    try {
      return await decodeImage(file.path, { size: imageSize, crop });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.passOver(file, error);
      return undefined;
    }
  }

  /** Notes a broken file and tells of it once, or stops. */
  private passOver(file: ImageFile, error: UserError): void {
    if (this.settings.broken === 'error') throw stopped(error);
    if (this.broken.has(file)) return;
    this.broken.add(file);
    console.error(`Skipped: ${error.message} (${this.broken.size} so far)`);
  }
}

async function list(root: string): Promise<ImageFile[]> {
  try {
    const files = await findImages(root);
    if (files.length > 0) return files;
  } catch (error) {
    throw without(`The folder ${root} cannot be read: ${messageOf(error)}`, root);
  }
  throw without(`There are no .jpg, .jpeg or .png files in ${root}.`, root);
}

function without(message: string, root: string): UserError {
  return new UserError(message, {
    hints: [
      'CelebA: get img_align_celeba.zip by http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and unpack it there,',
      `so that its first image is ${join(root, 'img_align_celeba', '000001.jpg')}.`,
      'Any other folder of images will do as well: --set dataset.root=FOLDER',
    ],
  });
}

function stopped(error: UserError): UserError {
  const hint = 'Replace the file, or train without such files: --set dataset.broken=skip';
  return new UserError(error.message, { hints: [hint], cause: error });
}

/** Waits for all, so that no work is left behind when some fail; the first in order tells why. */
async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
