import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { messageOf, UserError } from '../errors';
import { thousands } from '../util/format';
import { checkRegularFile } from '../util/regular-file';
import { Limit } from './limit';
import { resizer } from './resize';

// libvips keeps what it did last, for nothing: an image comes back an epoch later.
sharp.cache(false);

// What draws by a program, such as SVG and PDF, takes any time and memory, and a GIF without a picture is read as a black one.
sharp.block({
  operation: ['VipsForeignLoadSvg', 'VipsForeignLoadPdf', 'VipsForeignLoadNsgif', 'VipsForeignLoadMagick'],
});

// libuv's threads also carry the training steps: one stays free of images, so that a step never waits behind a batch of them.
const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const decoding = new Limit(Math.max(1, Math.min(threads - 1, 2 * availableParallelism())));

/** The most pixels of an image. A photograph has 50 million at most; one that is turned or progressive takes six bytes of memory for each. */
const MAX_PIXELS = 2 ** 26;
/** The most bytes of a file. */
const MAX_BYTES = 2 ** 28;
/** The most time that an image may take. */
const MAX_SECONDS = 60;

export interface DecodeOptions {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Whether the largest square in the middle is taken, rather than the whole image squeezed. */
  readonly crop: boolean;
}

/**
 * Decodes an image file off the main thread, to a square in colours: turned as its EXIF data say, from any colour space to sRGB,
 * transparency on white. Resized after decoding at full size by a triangle filter, as Pillow's BILINEAR and torchvision's Resize
 * do: of their 256 levels it is 0.6 away in the mean and 3 at most where it shrinks, 1.0 and 8 where it crops too, and 1 at most where it
 * enlarges (by the images of the test).
 * @returns uint8 [size, size, 3]
 * @throws UserError naming the file, where it is no image, is cut short, is damaged in a way that shows, or is larger than 2²⁶ pixels or
 *   2²⁸ bytes: of that no more than the header is read
 */
export async function decodeImage(file: string, { size, crop }: DecodeOptions): Promise<Uint8Array> {
  try {
    const { data, info } = await decoding.run(async () => {
      await checkRegularFile(file, MAX_BYTES);
      const { data, info } = await shrink(file, size, crop ? 'cover' : 'fill');
      // A side that is too short is not cropped by what is lost in enlarging it.
      return crop && info.width * info.height < size * size ? middleSquare(file) : { data, info };
    });
    return resizer([info.height, info.width, 3], size)(data);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be decoded: ${reasonOf(error)}.`, { cause: error });
  }
}

/**
 * An image file that is not decoded yet, turned upright, its transparency on white, with the size that it will have.
 * @throws UserError naming the file if it is larger than `decodeImage` takes
 * @throws libvips's error if it is no image
 */
export async function openImage(file: string): Promise<{ image: sharp.Sharp; width: number; height: number }> {
  await checkRegularFile(file, MAX_BYTES);
  const { width, height } = (await sharp(file, { limitInputPixels: MAX_PIXELS }).metadata()).autoOrient;
  return { image: upright(file), width, height };
}

/** An image, its sides shrunk to a size where they are longer: libvips enlarges to half a pixel too far right and down. */
function shrink(file: string, size: number, fit: 'cover' | 'fill'): Promise<Raw> {
  const options = { fit, kernel: 'linear', fastShrinkOnLoad: false, withoutEnlargement: true } as const;
  return raw(upright(file).resize(size, size, options));
}

/** The largest square in the middle of an image, at its own size. */
async function middleSquare(file: string): Promise<Raw> {
  const { width, height } = (await sharp(file).metadata()).autoOrient;
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return raw(upright(file).extract({ left, top, width: side, height: side }));
}

/** Bytes in colours, and the width and height that they have. */
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
