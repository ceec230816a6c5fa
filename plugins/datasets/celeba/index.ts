import {
  decodeImage,
  type Fingerprint,
  identifyFiles,
  type ImageBatch,
  ImageDataset,
  ImageSettings,
  type ImageShape,
  option,
  optional,
  UserError,
  value,
} from 'explab';
import { inject } from 'inversify';
import { type Face, findFaces } from './faces';

/** Which folder of images, and how they become squares. */
export class CelebASettings extends ImageSettings {
  /** Folder of .jpg, .jpeg and .png files, searched in depth. */
  root = value('data/celeba', { path: true });
  /** Which part of CelebA, by its list_eval_partition.txt; all images of the folder need no list. */
  split = value('all', { choices: ['all', 'train', 'valid', 'test'] });
  /** An attribute of CelebA's list_attr_celeba.txt, such as Smiling: images that have it are of class 1, others of class 0. */
  label = optional('string');
  /** Whether the largest square in the middle is taken; otherwise the whole image is squeezed into the square. */
  crop = value(false);
  /** What to do with a file that cannot be decoded: stop, or take the next one that can. */
  broken = value('error', { choices: ['error', 'skip'] });
}

/** An image as it is read. */
interface Read {
  readonly face: Face;
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/** A folder of images in colours, such as CelebA's 202,599 faces. */
@option(ImageDataset, 'CelebA', CelebASettings)
export class CelebA extends ImageDataset {
  readonly shape: ImageShape;
  override readonly classes: number | undefined;
  override readonly flips = true;
  private faces: readonly Face[] | undefined;
  private readonly broken = new Set<Face>();

  constructor(@inject(CelebASettings) private readonly settings: CelebASettings) {
    super();
    this.shape = [settings.imageSize, settings.imageSize, 3];
    this.classes = settings.label === undefined ? undefined : 2;
  }

  get count(): number {
    return this.opened.length;
  }

  override get skipped(): number {
    return this.broken.size;
  }

  override fingerprint(): Fingerprint {
    const labels = this.opened.flatMap(({ label }) => label ?? []);
    return { images: identifyFiles(this.settings.root, this.opened, labels) };
  }

  async open(): Promise<void> {
    if (this.faces) return;
    const faces = await findFaces(this.settings);
    for (const face of faces.filter(({ size }) => size === 0)) {
      this.passOver(face, new UserError(`${face.path} is empty: it has 0 bytes.`));
    }
    this.faces = faces;
  }

  async read(indices: ArrayLike<number>): Promise<ImageBatch> {
    const [height, width, channels] = this.shape;
    const pixels = new Uint8Array(indices.length * height * width * channels);
    const images = await settled(Array.from(indices, (index) => this.imageAt(index)));
    images.forEach((image, index) => pixels.set(image.pixels, index * image.pixels.length));
    if (this.classes === undefined) return { pixels };
    return { pixels, labels: Int32Array.from(images, ({ face }) => face.label ?? 0) };
  }

  private get opened(): readonly Face[] {
    if (!this.faces) throw new Error('The images are not listed yet: call open first.');
    return this.faces;
  }

  /** The image at an index or, where broken ones are skipped, the first after it that is whole; the last is followed by the first. */
  private async imageAt(index: number): Promise<Read> {
    const faces = this.opened;
    if (!(index in faces)) throw new RangeError(`There is no image ${index} of ${faces.length}, counted from 0.`);
    for (let step = 0; step < faces.length; step++) {
      const face = faces[(index + step) % faces.length];
      const pixels = face && (await this.decode(face));
      if (pixels) return { face, pixels };
    }
    throw new UserError(`None of the ${faces.length} images in ${this.settings.root} can be decoded.`);
  }

  private async decode(face: Face): Promise<Uint8Array | undefined> {
    if (this.broken.has(face)) return undefined;
    const { imageSize, crop } = this.settings;
    try {
      return await decodeImage(face.path, { size: imageSize, crop });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.passOver(face, error);
      return undefined;
    }
  }

  /** Notes a broken file and tells of it once, or stops. */
  private passOver(face: Face, error: UserError): void {
    if (this.settings.broken === 'error') throw stopped(error);
    if (this.broken.has(face)) return;
    this.broken.add(face);
    console.error(`Skipped: ${error.message} (${this.broken.size} so far)`);
  }
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
