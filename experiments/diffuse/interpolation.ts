import { chunk, ExitCode, Random, tf, UserError } from 'explab';
import { concatImages, type Images, type InterpolationOptions, toImages } from 'explab/images';
import type { SamplerStep } from 'explab/diffusion';
import type { ImageSampler } from './image-sampler';

/** Start of the reverse process. */
interface StartLevel {
  /** Steps from x_t to the image. */
  readonly stages: readonly SamplerStep[];
  /** ᾱ_t */
  readonly alphaBar: number;
}

/**
 * Interpolates between images: both images of a pair are diffused to x_t, mixed there, and denoised by the sampler. All mixtures of a
 * pair are denoised with the same noise, so that they differ only in λ.
 *
 * Ho et al. 2020, arXiv:2006.11239, section 4.3 and figure 8. There, and in labml's `evaluate.py`, each image has its own noise.
 * @param ends first images of the pairs, then the second ones
 * @returns frames, each with one image per pair: the first images, the mixtures with λ from 0 to 1, the second images
 */
export async function interpolate(
  sampler: ImageSampler,
  ends: Images,
  { seed, frames, batch = sampler.batch, noise }: InterpolationOptions,
  { stages, alphaBar }: StartLevel,
): Promise<Images[]> {
  const random = Random.fromSeed(seed).stream('interpolate');
  const [firsts, seconds] = inChunks(ends, 2) as [Images, Images];
  const [xt, other] = diffuse([firsts, seconds], alphaBar, random, noise === 'shared') as [tf.Tensor4D, tf.Tensor4D];
  const mixtures = mixturesOf(xt.shape[0], frames);
  const between: Images[] = [];
  for (const part of chunk(mixtures, batch)) {
    const images = part.map(({ pair }) => pair);
    between.push(await sampler.denoise(mix(xt, other, part), stages, { random: random.stream('z'), images }));
  }
  tf.dispose([xt, other]);
  return [firsts, ...inChunks(concatImages(between), frames), seconds];
}

/** A mixture of the images of a pair: x̄_t = (1 - λ) x_t + λ x'_t */
interface PairMixture {
  readonly pair: number;
  readonly lambda: number;
}

/** Mixtures of all pairs, frame by frame. */
function mixturesOf(pairs: number, frames: number): PairMixture[] {
  return Array.from({ length: frames * pairs }, (_, index) => ({
    pair: index % pairs,
    lambda: Math.floor(index / pairs) / (frames - 1),
  }));
}

/** x_t of both images of each pair, x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε. @returns float32 each; the caller disposes */
function diffuse(ends: readonly Images[], alphaBar: number, random: Random, isShared: boolean): tf.Tensor4D[] {
  return tf.tidy(() =>
    ends.map(({ pixels, shape }, end) => {
      const x0 = toImages(pixels, shape);
      const pairs = tf.range(0, x0.shape[0], 1, 'int32');
      const epsilon = random.stream(isShared || end === 0 ? 'first' : 'second').normalAtEach(pairs, shape);
      return tf.add<tf.Tensor4D>(tf.mul(x0, Math.sqrt(alphaBar)), tf.mul(epsilon, Math.sqrt(1 - alphaBar)));
    }),
  );
}

/** @param xt borrowed @param other borrowed @returns the caller disposes */
function mix(xt: tf.Tensor4D, other: tf.Tensor4D, mixtures: readonly PairMixture[]): tf.Tensor4D {
  return tf.tidy(() => {
    const pairs = tf.tensor1d(
      mixtures.map(({ pair }) => pair),
      'int32',
    );
    const lambda = tf.tensor4d(
      mixtures.map((mixture) => mixture.lambda),
      [mixtures.length, 1, 1, 1],
    );
    return tf.add(tf.mul(tf.gather(xt, pairs), tf.sub(1, lambda)), tf.mul(tf.gather(other, pairs), lambda));
  });
}

/** Splits images into equally large parts. */
function inChunks({ pixels, shape }: Images, count: number): Images[] {
  const length = pixels.length / count;
  return Array.from({ length: count }, (_, part) => ({
    shape,
    pixels: pixels.subarray(part * length, (part + 1) * length),
  }));
}

/**
 * Diffusion step of the interpolation; the middle one by default, as in figure 8.
 * @throws UserError if the process has no such step
 */
export function checkTime(t: number | undefined, steps: number): number {
  const time = t ?? Math.floor(steps / 2);
  if (Number.isSafeInteger(time) && time >= 0 && time < steps) return time;
  throw new UserError(`--t ${time}: expected a diffusion step from 0 to ${steps - 1}.`, {
    hints: ['Higher steps keep less of the images.'],
    exitCode: ExitCode.usage,
  });
}
