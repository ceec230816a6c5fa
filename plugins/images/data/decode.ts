import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { checkRegularFile, Limit, messageOf, thousands, UserError } from 'explab';
import { decodePlain } from './decode-plain';
import { resizer } from './resize';

// No libvips cache: an image is not read again until the next epoch.
sharp.cache(false);

// Vector formats such as SVG and PDF can take unlimited time and memory, and a GIF without a frame is decoded as black.
sharp.block({
  operation: ['VipsForeignLoadSvg', 'VipsForeignLoadPdf', 'VipsForeignLoadNsgif', 'VipsForeignLoadMagick'],
});

// libuv's threads also carry the training steps: one is kept free of decoding, so that a step never waits for a batch of images.
const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const decoding = new Limit(Math.max(1, Math.min(threads - 1, 2 * availableParallelism())));

/** Maximum number of pixels of an image. Photographs have at most 50 million; a rotated or progressive one takes six bytes per pixel. */
const MAX_PIXELS = 2 ** 26;
/** Maximum file size in bytes. */
const MAX_BYTES = 2 ** 28;
/** Decoding timeout per image. */
const MAX_SECONDS = 60;

export interface DecodeOptions {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Whether to crop to the largest centred square, rather than stretch the whole image. */
  readonly crop: boolean;
}

/**
 * Decodes an image file off the main thread, to a square colour image: rotated by its EXIF orientation, converted to sRGB,
 * transparency on white. Resized after decoding at full size by a triangle filter, as Pillow's BILINEAR and torchvision's Resize
 * do: of 256 levels, it differs by 0.6 on average and at most 3 when shrinking, 1.0 and 8 when also cropping, and at most 1 when
 * enlarging (on the test images).
 * @returns uint8 [size, size, 3]
 * @throws UserError naming the file if it is not an image, is truncated, is detectably damaged, or is larger than 2²⁶ pixels or 2²⁸ bytes,
 *   of which only the header is read
 */
export async function decodeImage(file: string, { size, crop }: DecodeOptions): Promise<Uint8Array> {
  try {
    const { data, info } = await decoding.run(async () => {
      const plain = crop ? undefined : await decodePlain(file, size);
      if (plain) return { data: plain, info: { width: size, height: size } };
      await checkRegularFile(file, MAX_BYTES);
      const { data, info } = await shrink(file, size, crop ? 'cover' : 'fill');
      // If the image is too small, crop at full size before enlarging.
      return crop && info.width * info.height < size * size ? middleSquare(file) : { data, info };
    });
    return resizer([info.height, info.width, 3], size)(data);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be decoded: ${reasonOf(error)}.`, { cause: error });
  }
}

/**
 * Opens an image file without decoding it: rotated upright, transparency on white, with its final size.
 * @throws UserError naming the file if it exceeds the limits of `decodeImage`
 * @throws libvips's error if it is not an image
 */
export async function openImage(file: string): Promise<{ image: sharp.Sharp; width: number; height: number }> {
  await checkRegularFile(file, MAX_BYTES);
  const { width, height } = (await sharp(file, { limitInputPixels: MAX_PIXELS }).metadata()).autoOrient;
  return { image: upright(file), width, height };
}

/** Shrinks the sides longer than a size; it never enlarges, as libvips shifts enlarged images half a pixel right and down. */
function shrink(file: string, size: number, fit: 'cover' | 'fill'): Promise<Raw> {
  const options = { fit, kernel: 'linear', fastShrinkOnLoad: false, withoutEnlargement: true } as const;
  return raw(upright(file).resize(size, size, options));
}

/** Largest centred square of an image, at full size. */
async function middleSquare(file: string): Promise<Raw> {
  const { width, height } = (await sharp(file).metadata()).autoOrient;
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return raw(upright(file).extract({ left, top, width: side, height: side }));
}

/** RGB bytes with their width and height. */
interface Raw {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number };
}

function upright(file: string): sharp.Sharp {
  return sharp(file, { failOn: 'warning', limitInputPixels: MAX_PIXELS })
    .timeout({ seconds: MAX_SECONDS })
    .autoOrient()
    .flatten({ background: 'white' });
}

function raw(image: sharp.Sharp): Promise<Raw> {
  return image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

function reasonOf(error: unknown): string {
  const reason = messageOf(error).replace(/^vips\w+: /i, '');
  return reason === 'Input image exceeds pixel limit' ? `it has more than ${thousands(MAX_PIXELS)} pixels` : reason;
}
