import type { ImageSource } from '../../data/image-source';
import type { ImageShape } from '../../kinds/image-dataset';

/** Images as bytes: uint8 [n, height, width, channels]. */
export interface Images {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
}

/** Which images to draw. An image follows from the seed and its number, whatever others are drawn with it. */
export interface SamplingOptions {
  readonly seed: number;
  /** Their numbers, from 0. */
  readonly images: readonly number[];
  /** How many are drawn at once at most, which bounds the memory; the experiment's choice where it is left out. */
  readonly batch?: number | undefined;
}

/** How drawn images come to be, at moments of it. */
export interface TrajectoryOptions {
  /** How many moments at most, the last of which is the drawn image. */
  readonly frames: number;
  /** What is looked at, of what the experiment has to show; its own choice where it is left out. */
  readonly of?: string | undefined;
}

/** Two images, between which a model is to find others. */
export type InterpolationPair = readonly [ImageSource, ImageSource];

/** How a model is to go from images to others. */
export interface InterpolationOptions {
  /** How many images from one to the other, these two included as the model gives them back. */
  readonly frames: number;
  readonly seed: number;
  /** How far into the model the images are taken, where it has steps. */
  readonly t?: number | undefined;
  /** Whether each image is given noise of its own, or both of a pair the same, where there is any. */
  readonly noise: 'own' | 'shared';
  readonly batch?: number | undefined;
}

/** The numbers of the first so many images. */
export function firstImages(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Images one after the other. @param parts at least one, of one shape */
export function concatImages(parts: readonly Images[]): Images {
  const [first] = parts;
  if (!first) throw new Error('there are no images to join');
  return { shape: first.shape, pixels: Uint8Array.from(Buffer.concat(parts.map(({ pixels }) => pixels))) };
}

/** Items in parts of at most so many. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

/** Draws images by a model, a part at a time. */
export type SampleFunction = (drawing: SamplingOptions) => AsyncIterable<Images>;

/**
 * Draws the first images of a seed, a part at a time, so that memory is enough for any number. All parts are drawn alike, and of the last only
 * what is wanted is kept: a program is made for one number of images only.
 * @param size how many images a part has at most
 */
export async function* sampleInChunks(
  draw: SampleFunction,
  count: number,
  size: number,
  seed: number,
): AsyncGenerator<Images> {
  const batch = Math.min(count, size);
  const images = firstImages(Math.ceil(count / batch) * batch);
  let left = count;
  for await (const { pixels, shape } of draw({ seed, images, batch })) {
    const length = pixels.length / batch;
    yield { pixels: pixels.subarray(0, Math.min(batch, left) * length), shape };
    left -= batch;
  }
}
