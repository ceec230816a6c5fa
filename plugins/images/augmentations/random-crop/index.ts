import { Augmentation, type ImageDataset, type ImageShape } from 'explab/images';
import { option, type Random, UserError, value } from 'explab';

/** Settings of the crop. */
export class RandomCropSettings {
  /** Padding added to each side before cropping: the maximum shift. */
  padding = value(4, { integer: true, min: 1, unit: 'pixels' });
  /** Content of the padding: black, repeated edge pixels, or the reflected image. */
  border = value('black', { choices: ['black', 'edge', 'reflect'] });
}

/** Random crop of the padded image at its original size, which shifts it by some pixels. He et al. 2015, arXiv:1512.03385, section 4.2. */
@option(Augmentation, 'RandomCrop', RandomCropSettings)
export class RandomCrop extends Augmentation {
  constructor(private readonly settings: RandomCropSettings) {
    super();
  }

  override check({ shape: [height, width] }: ImageDataset): void {
    const { padding } = this.settings;
    if (padding < Math.min(height, width)) return;
    throw new UserError(
      `RandomCrop: padding of ${padding} pixels is too large for images of ${height}×${width} pixels.`,
      {
        hints: ['Choose less, such as an eighth of the image side: augmentations.RandomCrop.padding'],
      },
    );
  }

  augment(pixels: Uint8Array, shape: ImageShape, random: Random): Uint8Array {
    const [height, width, channels] = shape;
    const size = height * width * channels;
    const draws = random.uniforms((2 * pixels.length) / size);
    const cropped = new Uint8Array(pixels.length);
    for (let image = 0; image * size < pixels.length; image++) {
      const [down = 0, right = 0] = [draws[2 * image], draws[2 * image + 1]].map((draw) => this.shift(draw ?? 0));
      const [from, to] = [pixels, cropped].map((all) => all.subarray(image * size, (image + 1) * size));
      if (from && to) this.copyCrop(from, to, shape, down, right);
    }
    return cropped;
  }

  /** Offset of the crop from the image: an integer in [-padding, padding]. */
  private shift(draw: number): number {
    const { padding } = this.settings;
    return Math.floor(draw * (2 * padding + 1)) - padding;
  }

  /** Copies the crop that begins `down` and `right` pixels from the image's top left corner. */
  private copyCrop(
    from: Uint8Array,
    to: Uint8Array,
    [height, width, channels]: ImageShape,
    down: number,
    right: number,
  ): void {
    // Within the image, a row is copied in one piece.
    const [first, end] = [Math.max(0, -right), Math.min(width, width - right)];
    const columns = [...this.sources(width, right).entries()];
    const border = columns.filter(([x, column]) => (x < first || x >= end) && column >= 0);
    for (const [y, row] of this.sources(height, down).entries()) {
      if (row < 0) continue;
      const copy = (x: number, column: number, count: number): void => {
        const source = (row * width + column) * channels;
        to.set(from.subarray(source, source + count * channels), (y * width + x) * channels);
      };
      copy(first, first + right, end - first);
      for (const [x, column] of border) copy(x, column, 1);
    }
  }

  /** Source row or column in the image for each one of the crop; -1 for black. */
  private sources(length: number, shift: number): Int32Array {
    const { border } = this.settings;
    return Int32Array.from({ length }, (_, position) => {
      const source = position + shift;
      if (source >= 0 && source < length) return source;
      if (border === 'black') return -1;
      if (border === 'edge') return source < 0 ? 0 : length - 1;
      return source < 0 ? -source : 2 * (length - 1) - source;
    });
  }
}
