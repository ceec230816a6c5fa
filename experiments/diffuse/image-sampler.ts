import { chunk, ExitCode, type Monitor, type Random, tf, UserError } from 'explab';
import { concatImages, type Images, type ImageShape, toPixels, type TrajectoryOptions } from 'explab/images';
import type { LinearCombination, SamplerStep } from 'explab/diffusion';
import type { NoiseSpec, Sampling } from './sampling';

/** Views of an intermediate state: x_t itself, and the network's estimate of x_0. */
const VIEWS: Readonly<Record<string, LinearCombination>> = { x: { x: 1 }, x0: { x0: 1 } };

interface ImageSamplerOptions {
  readonly sampling: Sampling;
  readonly monitor: Monitor;
  readonly shape: ImageShape;
  /** Default batch size of sampling. */
  readonly batch: number;
  /** Called between sampling steps; throws to stop. */
  readonly checkStop?: () => void;
  /** Classes of images by their numbers; undefined if the network is unconditional. */
  readonly labelsOf: (images: readonly number[]) => readonly number[] | undefined;
}

/** Options of a sampling trajectory. */
interface DenoiseOptions {
  readonly observer?: Observer;
  /** Class of each image; undefined for unconditional sampling. */
  readonly labels?: readonly number[] | undefined;
}

/** Observer of intermediate images. */
interface Observer {
  readonly view: LinearCombination;
  /** @param stage number of the next stage @param image borrowed */
  readonly observe: (stage: number, image: tf.Tensor4D) => Promise<void>;
}

/** Samples images by the stages of a sampler, in batches, to bound memory. */
export class ImageSampler {
  constructor(private readonly options: ImageSamplerOptions) {}

  /** Default batch size of sampling. */
  get batch(): number {
    return this.options.batch;
  }

  /**
   * Samples images from noise.
   * @param images their numbers; an image is a function of its number and the stream
   * @returns one batch after another
   */
  async *sample(
    stages: readonly SamplerStep[],
    images: readonly number[],
    random: Random,
    batch = this.batch,
  ): AsyncGenerator<Images> {
    for (const part of chunk(images, batch)) {
      const noise = { random: random.stream('z'), images: part };
      yield this.denoise(this.begin(part, random), stages, noise, { labels: this.options.labelsOf(part) });
    }
  }

  /** Samples images with intermediate frames. @returns the frames, each with all images */
  async sampleTrajectory(
    stages: readonly SamplerStep[],
    images: readonly number[],
    random: Random,
    { of = 'x', frames }: TrajectoryOptions,
    batch = this.batch,
  ): Promise<Images[]> {
    const view = viewOf(of);
    const frameStages = framesOf(stages.length, frames);
    const recorded: Images[][] = [];
    for (const part of chunk(images, batch)) {
      const seen: Images[] = [];
      const observe = async (stage: number, x: tf.Tensor4D) => {
        if (frameStages.includes(stage)) seen.push(await this.pixelsOf(x));
      };
      const noise = { random: random.stream('z'), images: part };
      const denoiseOptions = { observer: { view, observe }, labels: this.options.labelsOf(part) };
      const images = await this.denoise(this.begin(part, random), stages, noise, denoiseOptions);
      recorded.push([...seen, images]);
    }
    return frameStages.map((_, moment) => concatImages(recorded.flatMap((frames) => frames[moment] ?? [])));
  }

  /** Denoises images by stages. @param x disposed @throws what `checkStop` throws */
  async denoise(
    x: tf.Tensor4D,
    stages: readonly SamplerStep[],
    noise: NoiseSpec,
    { observer, labels }: DenoiseOptions = {},
  ): Promise<Images> {
    const { sampling, monitor, checkStop } = this.options;
    let state = sampling.begin(x, labels);
    let number = 0;
    try {
      for await (const stage of monitor.iterate('Sample', stages, stages.length)) {
        checkStop?.();
        const { seen, ...next } = await sampling.step(state, stage, stages.length - 1 - number, noise, observer?.view);
        state = next;
        if (seen) await observer?.observe(number, seen);
        seen?.dispose();
        number++;
      }
      return await this.pixelsOf(state.x);
    } finally {
      tf.dispose([state.x, state.history]);
    }
  }

  /** x_T ~ N(0, I) */
  private begin(images: readonly number[], random: Random): tf.Tensor4D {
    return tf.tidy(() => random.stream('xT').normalAtEach(tf.tensor1d([...images], 'int32'), this.options.shape));
  }

  private async pixelsOf(x: tf.Tensor4D): Promise<Images> {
    return { pixels: await toPixels(x), shape: this.options.shape };
  }
}

function viewOf(name: string): LinearCombination {
  const view = VIEWS[name];
  if (view) return view;
  throw new UserError(`--of ${name}: not one of: x, x0.`, {
    hints: ["x is the noisy image at each step, x0 the network's estimate of the final image."],
    exitCode: ExitCode.usage,
  });
}

/** Evenly spaced stage numbers; the last is the number of stages, which stands for the final image. */
function framesOf(stages: number, frames: number): number[] {
  const count = Math.min(frames, stages + 1);
  return Array.from({ length: count }, (_, frame) => Math.round((frame * stages) / (count - 1)));
}
