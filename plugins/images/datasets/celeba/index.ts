import {
  decodeImage,
  identifyFiles,
  type ImageBatch,
  ImageDataset,
  ImageFileSettings,
  type ImageShape,
  openImageCache,
} from 'explab/images';
import { dataFolder, type ExampleCache, type Fingerprint, option, optional, UserError, value } from 'explab';
import { type Face, findFaces } from './faces';

/** Settings of CelebA. */
export class CelebASettings extends ImageFileSettings {
  /** Folder of .jpg, .jpeg and .png files, searched recursively. */
  root = value(dataFolder('celeba'), { path: true });
  /** Split of CelebA according to its list_eval_partition.txt; `all` needs no list. */
  split = value('all', { choices: ['all', 'train', 'valid', 'test'] });
  /** Attribute of CelebA's list_attr_celeba.txt used as label, such as Smiling: class 1 if present, class 0 otherwise. */
  label = optional('string');
  /** Crop to the largest centred square, instead of stretching the whole image. */
  crop = value(false);
  /** Handling of files that cannot be decoded: stop, or use the next valid image. */
  broken = value('error', { choices: ['error', 'skip'] });
}

/** A decoded image. */
interface DecodedFace {
  readonly face: Face;
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/** Folder of colour images, such as CelebA's 202,599 faces. */
@option(ImageDataset, 'CelebA', CelebASettings)
export class CelebA extends ImageDataset {
  readonly shape: ImageShape;
  override readonly classes: number | undefined;
  override readonly flips = true;
  private faces: readonly Face[] | undefined;
  private cache: ExampleCache | undefined;
  private readonly broken = new Set<Face>();

  constructor(private readonly settings: CelebASettings) {
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
      this.skip(face, new UserError(`${face.path} is empty: it has 0 bytes.`));
    }
    this.cache = openImageCache('CelebA', faces, this.settings);
    this.faces = faces;
  }

  async read(indices: ArrayLike<number>): Promise<ImageBatch> {
    const [height, width, channels] = this.shape;
    const pixels = new Uint8Array(indices.length * height * width * channels);
    const images = await awaitAll(Array.from(indices, (index) => this.imageAt(index)));
    images.forEach((image, index) => pixels.set(image.pixels, index * image.pixels.length));
    if (this.classes === undefined) return { pixels };
    return { pixels, labels: Int32Array.from(images, ({ face }) => face.label ?? 0) };
  }

  private get opened(): readonly Face[] {
    if (!this.faces) throw new Error('The images are not listed yet: call open first.');
    return this.faces;
  }

  /** Image at an index; if broken images are skipped, the next valid one, wrapping around at the end. */
  private async imageAt(index: number): Promise<DecodedFace> {
    const faces = this.opened;
    if (!(index in faces)) throw new RangeError(`Image index ${index} is out of range: 0 to ${faces.length - 1}.`);
    for (let step = 0; step < faces.length; step++) {
      const at = (index + step) % faces.length;
      const face = faces[at];
      const pixels = face && (this.cache?.get(at) ?? (await this.decode(face, at)));
      if (pixels) return { face, pixels };
    }
    throw new UserError(`None of the ${faces.length} images in ${this.settings.root} can be decoded.`);
  }

  private async decode(face: Face, index: number): Promise<Uint8Array | undefined> {
    if (this.broken.has(face)) return undefined;
    const { imageSize, crop } = this.settings;
    try {
      const pixels = await decodeImage(face.path, { size: imageSize, crop });
      this.cache?.set(index, pixels);
      return pixels;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.skip(face, error);
      return undefined;
    }
  }

  /** Records a broken file and logs it once, or stops. */
  private skip(face: Face, error: UserError): void {
    if (this.settings.broken === 'error') throw withSkipHint(error);
    if (this.broken.has(face)) return;
    this.broken.add(face);
    console.error(`Skipped: ${error.message} (${this.broken.size} so far)`);
  }
}

function withSkipHint(error: UserError): UserError {
  const hint = 'Replace the file, or skip such files: --set dataset.broken=skip';
  return new UserError(error.message, { hints: [hint], cause: error });
}

/** Waits for all promises even if some fail. @throws the error of the first, in order, that failed */
async function awaitAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
