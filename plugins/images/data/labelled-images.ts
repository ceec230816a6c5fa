import { createHash } from 'node:crypto';
import { type Fingerprint, UserError } from 'explab';
import { readIDX } from './idx';
import type { ImageBatch, ImageShape } from '../kinds/image-dataset';
import { resizer } from './resize';

/** Labelled images of one shape, in memory, for small datasets. */
export class LabelledImages {
  readonly count: number;

  /**
   * @param shape of each image
   * @param pixels uint8 [count, height, width, channels]
   * @param labels each in [0, classes)
   */
  constructor(
    readonly shape: ImageShape,
    private readonly pixels: Uint8Array,
    private readonly labels: Uint8Array,
  ) {
    this.count = labels.length;
  }

  /**
   * Reads grey images and their labels from two IDX files.
   * @throws UserError if a file is broken, the two do not match, or a label is out of range
   */
  static async fromIDX(imageFile: string, labelFile: string, classes: number): Promise<LabelledImages> {
    const [images, labels] = await Promise.all([readIDX(imageFile, 3), readIDX(labelFile, 1)]);
    const [count = 0, height = 0, width = 0] = images.dimensions;
    if (labels.values.length !== count) {
      throw new UserError(`${imageFile} has ${count} images, but ${labelFile} has ${labels.values.length} labels.`, {
        hints: ['The two files belong to different sets: replace one of them.'],
      });
    }
    const invalid = labels.values.findIndex((label) => label >= classes);
    if (invalid >= 0) {
      const label = String(labels.values[invalid]);
      throw new UserError(`${labelFile}: label ${invalid} is ${label}; expected 0 to ${classes - 1}.`);
    }
    return new LabelledImages([height, width, 1], images.values, labels.values);
  }

  /** Fingerprint of images and labels, independent of the files they came from, gzipped or not. */
  fingerprint(): Fingerprint {
    return {
      images: `${this.count} of ${this.shape.join('×')}, SHA-256 ${sha256(this.pixels)}`,
      labels: `SHA-256 ${sha256(this.labels)}`,
    };
  }

  /**
   * Copies images, resized to squares.
   * @param size side of the squares, in pixels
   * @throws RangeError if an index is not in [0, count)
   */
  read(indices: ArrayLike<number>, size: number): ImageBatch {
    const [height, width, channels] = this.shape;
    const resize = resizer(this.shape, size);
    const from = height * width * channels;
    const to = size * size * channels;
    const pixels = new Uint8Array(indices.length * to);
    const labels = Int32Array.from(indices, (index) => this.labelAt(index));
    Array.from(indices).forEach((index, position) => {
      pixels.set(resize(this.pixels.subarray(index * from, (index + 1) * from)), position * to);
    });
    return { pixels, labels };
  }

  private labelAt(index: number): number {
    const label = this.labels[index];
    if (label === undefined) throw new RangeError(`Image index ${index} is out of range: 0 to ${this.count - 1}.`);
    return label;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
