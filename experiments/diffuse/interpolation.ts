import {
  ExitCode,
  type Images,
  type InterpolationOptions,
  Random,
  type SamplerStep,
  UserError,
  concatImages,
  chunk,
  tf,
  toImages,
} from 'explab';
import type { ImageSampler } from './image-sampler';

/** From where images come back. */
interface Depth {
  /** The way from x_t to the image. */
  readonly stages: readonly SamplerStep[];
  /** ᾱ_t */
  readonly alphaBar: number;
}

/**
 * From images to others: both images of a pair are taken to x_t, what lies between is mixed there, and the sampler brings it back. All
 * that are mixed of a pair are given the same noise on the way back, so that they differ by λ alone.
 *
 * Ho et al. 2020, arXiv:2006.11239, section 4.3 and figure 8. There, and in labml's `evaluate.py`, each image has noise of its own.
 * @param ends the first images of the pairs, then the second ones
 * @returns moments, each with an image for every pair: the first images, what is mixed of them with λ from 0 to 1, the second ones
 */
export async function interpolate(
  drawer: ImageSampler,
  ends: Images,
  { seed, frames, batch = drawer.batch, noise }: InterpolationOptions,
  { stages, alphaBar }: Depth,
): Promise<Images[]> {
  const random = Random.fromSeed(seed).stream('interpolate');
  const [firsts, seconds] = inChunks(ends, 2) as [Images, Images];
  const [xt, other] = noisy([firsts, seconds], alphaBar, random, noise === 'shared') as [tf.Tensor4D, tf.Tensor4D];
  const mixtures = mixturesOf(xt.shape[0], frames);
  const between: Images[] = [];
  for (const part of chunk(mixtures, batch)) {
    const images = part.map(({ pair }) => pair);
    between.push(await drawer.denoise(mixed(xt, other, part), stages, { random: random.stream('z'), images }));
  }
  tf.dispose([xt, other]);
  return [firsts, ...inChunks(concatImages(between), frames), seconds];
}

/** A mixture of the images of a pair: x̄_t = (1 - λ) x_t + λ x'_t */
interface PairMixture {
  readonly pair: number;
  readonly lambda: number;
}

/** Frame after frame, each of all pairs. */
function mixturesOf(pairs: number, frames: number): PairMixture[] {
  return Array.from({ length: frames * pairs }, (_, index) => ({
    pair: index % pairs,
    lambda: Math.floor(index / pairs) / (frames - 1),
  }));
}

/** x_t of both images of each pair, x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε. @returns the caller disposes */
function noisy(ends: readonly Images[], alphaBar: number, random: Random, isShared: boolean): tf.Tensor4D[] {
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
function mixed(xt: tf.Tensor4D, other: tf.Tensor4D, mixtures: readonly PairMixture[]): tf.Tensor4D {
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

/** Images in parts of equally many. */
function inChunks({ pixels, shape }: Images, count: number): Images[] {
  const length = pixels.length / count;
  return Array.from({ length: count }, (_, part) => ({
    shape,
    pixels: pixels.subarray(part * length, (part + 1) * length),
  }));
}

/**
 * The step that images are taken to; in the middle where none is asked for, as in figure 8.
 * @throws UserError where the process has no such step
 */
export function checkTime(t: number | undefined, steps: number): number {
  const time = t ?? Math.floor(steps / 2);
  if (Number.isSafeInteger(time) && time >= 0 && time < steps) return time;
  throw new UserError(`--t ${time}: the steps of the diffusion process are 0 to ${steps - 1}.`, {
    hints: ['The higher it is, the less of the images is left.'],
    exitCode: ExitCode.usage,
  });
}
