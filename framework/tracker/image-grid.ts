import sharp from 'sharp';
import { UserError } from '../errors';
import type { ImageShape } from '../kinds/image-dataset';
import type { Picture } from '../kinds/tracker';
import { type Drawable, drawable } from './drawable';

/** Cells are enlarged to about this many pixels, so that small images can be looked at. */
const CELL_PIXELS = 64;
/** Pixels between two cells. */
const GAP = 2;

/**
 * Lays images out in a grid that is about square, row by row, small ones enlarged as a browser would (by cubic interpolation).
 * @param pixels uint8 [n, height, width, channels], each in [0, 255]
 * @param shape of each image; with other than 1 or 3 channels, each channel is drawn as a grey image
 * @param wide how many images stand in a row, unless the grid is to be about square
 * @throws UserError where there is no image, or part of one
 */
export async function imageGrid(pixels: Uint8Array, shape: ImageShape, wide?: number): Promise<Picture> {
  const size = shape[0] * shape[1] * shape[2];
  const count = pixels.length / size;
  if (count === 0 || !Number.isInteger(count)) {
    throw new UserError(`A grid cannot be laid out of ${count} images of ${shape.join('×')}.`);
  }
  return layOut(drawable(pixels, shape), count, wide);
}

async function layOut({ pixels, shape }: Drawable, count: number, wide?: number): Promise<Picture> {
  const [height, width, channels] = shape;
  const columns = wide ?? Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const scale = Math.max(1, Math.floor(CELL_PIXELS / Math.max(height, width)));
  const size = { width: columns * (width * scale + GAP) - GAP, height: rows * (height * scale + GAP) - GAP };
  const cells = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      input: await cell(
        pixels.subarray(index * height * width * channels, (index + 1) * height * width * channels),
        shape,
        scale,
      ),
      left: (index % columns) * (width * scale + GAP),
      top: Math.floor(index / columns) * (height * scale + GAP),
    })),
  );
  const png = await sharp({ create: { ...size, channels: 3, background: 'white' } })
    .composite(cells)
    .png()
    .toBuffer();
  return { png, ...size };
}

function cell(pixels: Uint8Array, [height, width, channels]: Drawable['shape'], scale: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels } })
    .resize(width * scale, height * scale, { kernel: 'cubic' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}
