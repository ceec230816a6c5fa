import { tf, UserError } from 'explab';
import type { ImageShape } from '../kinds/image-dataset';

/** x / 127.5 - 1 of each byte, rounded to float32 after each operation. */
const LEVELS = Float32Array.from({ length: 256 }, (_, byte) => Math.fround(byte / 127.5) - 1);

/** Bytes in [0, 255] as float32 [n, height, width, channels] in [-1, 1]; the caller disposes. */
export function toImages(pixels: Uint8Array, [height, width, channels]: ImageShape): tf.Tensor4D {
  const images = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) images[i] = LEVELS[pixels[i] ?? 0] ?? 0;
  return tf.tensor4d(images, [pixels.length / (height * width * channels), height, width, channels]);
}

/** Sampled images contain NaN values. */
export class NaNImagesError extends UserError {}

/**
 * Images in [-1, 1] as bytes; values outside are clipped, including infinities.
 * @param images borrowed
 * @throws NaNImagesError if a value is NaN, which would become black
 */
export async function toPixels(images: tf.Tensor4D): Promise<Uint8Array> {
  const levels = tf.tidy(() => images.add(1).mul(127.5));
  const numbers = await levels.data();
  levels.dispose();
  checkNumbers(numbers, images.shape[0]);
  // The clamped array rounds; a plain one truncates.
  return new Uint8Array(Uint8ClampedArray.from(numbers).buffer);
}

function checkNumbers(numbers: ArrayLike<number>, images: number): void {
  const size = numbers.length / images;
  const wrong = new Set<number>();
  for (let i = 0; i < numbers.length; i++) if (Number.isNaN(numbers[i])) wrong.add(Math.floor(i / size));
  if (wrong.size === 0) return;
  throw new NaNImagesError(`${wrong.size} of ${images} sampled images contain NaN values.`, {
    hints: ['Values overflowed during sampling. Try precision=float32, sampler.clip=true or another sampler.'],
  });
}
