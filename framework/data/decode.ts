import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { messageOf, UserError } from '../errors';
import { Limit } from './limit';
import { thousands } from './thousands';

// libvips keeps what it did last, for nothing: an image comes back an epoch later.
sharp.cache(false);

// libuv's threads also carry the training steps: one stays free of images, so that a step never waits behind a batch of them.
const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const decoding = new Limit(Math.max(1, Math.min(threads - 1, 2 * availableParallelism())));

/** The most pixels of an image. A photograph has 50 million at most; one that is turned or progressive takes six bytes of memory for each. */
const MOST_PIXELS = 2 ** 26;
/** The most bytes of a file. */
const MOST_BYTES = 2 ** 28;

export interface DecodeOptions {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Whether the largest square in the middle is taken, rather than the whole image squeezed. */
  readonly crop: boolean;
}

/**
 * Decodes an image file off the main thread, to a square in colours: turned as its EXIF data say, from any colour space to sRGB,
 * transparency on white. Resized after decoding at full size by a triangle filter, as Pillow's BILINEAR and torchvision's Resize
 * do: of their 256 levels it is 0.6 away in the mean and 3 at most, where it crops 1.0 and 8 (by the images of the test).
 * @returns uint8 [size, size, 3]
 * @throws UserError naming the file, where it is no image, is cut short, is damaged in a way that shows, or is larger than 2²⁶ pixels or
 *   2²⁸ bytes: of that no more than the header is read
 */
export async function decodeImage(file: string, { size, crop }: DecodeOptions): Promise<Uint8Array> {
  const image = sharp(file, { failOn: 'warning', limitInputPixels: MOST_PIXELS })
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(size, size, { fit: crop ? 'cover' : 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .toColourspace('srgb')
    .removeAlpha()
    .raw();
  try {
    return await decoding.run(async () => {
      await checkSize(file);
      return image.toBuffer();
    });
  } catch (error) {
    throw new UserError(`${file} cannot be decoded: ${reasonOf(error)}.`, { cause: error });
  }
}

async function checkSize(file: string): Promise<void> {
  const { size } = await stat(file);
  if (size > MOST_BYTES) throw new Error(`it has ${thousands(size)} bytes, of at most ${thousands(MOST_BYTES)}`);
}

function reasonOf(error: unknown): string {
  const reason = messageOf(error).replace(/^vips\w+: /i, '');
  return reason === 'Input image exceeds pixel limit' ? `it has more than ${thousands(MOST_PIXELS)} pixels` : reason;
}
