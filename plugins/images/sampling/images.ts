import { firstIndices, type SamplingOptions } from 'explab';
import type { ImageSource } from '../data/image-source';
import type { ImageShape } from '../kinds/image-dataset';

/** Images as bytes: uint8 [n, height, width, channels]. */
export interface Images {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
}

/** Options of a sampling trajectory. */
export interface TrajectoryOptions {
  /** Maximum number of frames; the last one is the generated image. */
  readonly frames: number;
  /** Quantity to show, out of those that the experiment offers; the experiment's choice by default. */
  readonly of?: string | undefined;
}

/** Two images to interpolate between. */
export type InterpolationPair = readonly [ImageSource, ImageSource];

/** Options of an interpolation. */
export interface InterpolationOptions {
  /** Number of images, including the model's reconstructions of the two ends. */
  readonly frames: number;
  readonly seed: number;
  /** Step of the forward process to interpolate at, for a model that has steps. */
  readonly t?: number | undefined;
  /** Independent noise for each image, or the same noise for both images of a pair; ignored by a model without noise. */
  readonly noise: 'own' | 'shared';
  readonly batch?: number | undefined;
}

/** Concatenates images. @param parts at least one, all of the same shape */
export function concatImages(parts: readonly Images[]): Images {
  const [first] = parts;
  if (!first) throw new Error('there are no images to concatenate');
  return { shape: first.shape, pixels: Uint8Array.from(Buffer.concat(parts.map(({ pixels }) => pixels))) };
}

/** Generates images in chunks. */
export type SampleFunction = (options: SamplingOptions) => AsyncIterable<Images>;

/**
 * Generates the first `count` images of a seed in chunks, so that memory does not limit their number. All chunks have the same size, so
 * that a single program is compiled; the surplus of the last chunk is dropped.
 * @param size maximum number of images in a chunk
 */
export async function* sampleInChunks(
  sample: SampleFunction,
  count: number,
  size: number,
  seed: number,
): AsyncGenerator<Images> {
  const batch = Math.min(count, size);
  const indices = firstIndices(Math.ceil(count / batch) * batch);
  let remaining = count;
  for await (const { pixels, shape } of sample({ seed, indices, batch })) {
    const length = pixels.length / batch;
    yield { pixels: pixels.subarray(0, Math.min(batch, remaining) * length), shape };
    remaining -= batch;
  }
}
