import sharp from 'sharp';
import { type ImageArtifact, UserError, imageArtifact } from 'explab';
import type { ImageShape } from '../kinds/image-dataset';
import { type Drawable, drawable } from './drawable';

/** Approximate size of the cells, to which small images are enlarged. */
const CELL_PIXELS = 64;
/** Space between two cells. */
const GAP_PIXELS = 2;

/**
 * Lays out images in a grid, row by row; small ones are enlarged by cubic interpolation.
 * @param pixels uint8 [n, height, width, channels], each in [0, 255]
 * @param shape of each image; with other than 1 or 3 channels, each channel becomes a greyscale image
 * @param columns number of images in a row; by default the grid is approximately square
 * @throws UserError if there is no image, or an incomplete one
 */
export async function imageGrid(pixels: Uint8Array, shape: ImageShape, columns?: number): Promise<ImageArtifact> {
  const size = shape[0] * shape[1] * shape[2];
  const count = pixels.length / size;
  if (count === 0 || !Number.isInteger(count)) {
    throw new UserError(`Cannot lay out ${count} images of ${shape.join('×')} in a grid.`);
  }
  return layOut(drawable(pixels, shape), count, columns ?? Math.ceil(Math.sqrt(count)));
}

async function layOut({ pixels, shape }: Drawable, count: number, columns: number): Promise<ImageArtifact> {
  const [height, width, channels] = shape;
  const rows = Math.ceil(count / columns);
  const scale = Math.max(1, Math.floor(CELL_PIXELS / Math.max(height, width)));
  const size = {
    width: columns * (width * scale + GAP_PIXELS) - GAP_PIXELS,
    height: rows * (height * scale + GAP_PIXELS) - GAP_PIXELS,
  };
  const cells = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      input: await cell(
        pixels.subarray(index * height * width * channels, (index + 1) * height * width * channels),
        shape,
        scale,
      ),
      left: (index % columns) * (width * scale + GAP_PIXELS),
      top: Math.floor(index / columns) * (height * scale + GAP_PIXELS),
    })),
  );
  const png = await sharp({ create: { ...size, channels: 3, background: 'white' } })
    .composite(cells)
    .png()
    .toBuffer();
  return imageArtifact(png);
}

function cell(pixels: Uint8Array, [height, width, channels]: Drawable['shape'], scale: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels } })
    .resize(width * scale, height * scale, { kernel: 'cubic' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}
