import {
  ExitCode,
  type Images,
  type ImageShape,
  type LinearCombination,
  type Monitor,
  type Random,
  type SamplerStep,
  UserError,
  type TrajectoryOptions,
  concatImages,
  chunk,
  tf,
  toPixels,
} from 'explab';
import type { Sampling, NoiseSpec } from './sampling';

/** What can be looked at on the way: x_t itself, and the x_0 that the network makes out in it. */
const VIEWS: Readonly<Record<string, LinearCombination>> = { x: { x: 1 }, x0: { x0: 1 } };

interface Parts {
  readonly sampling: Sampling;
  readonly monitor: Monitor;
  readonly shape: ImageShape;
  /** How many images are drawn at once at most, unless another number is asked for. */
  readonly batch: number;
  /** Called between the steps of a drawing, which it leaves by throwing. */
  readonly checkStop?: () => void;
  /** The classes of images by their numbers; nothing where the network is told none. */
  readonly labelsOf: (images: readonly number[]) => readonly number[] | undefined;
}

/** What may be said of a way beside its noise. */
interface Way {
  readonly look?: Look;
  /** The class of each image; where it is left out the network is told none. */
  readonly labels?: readonly number[] | undefined;
}

/** Looks at images on their way. */
interface Look {
  readonly view: LinearCombination;
  /** @param stage the number of the stage, which is to come @param seen borrowed */
  readonly see: (stage: number, seen: tf.Tensor4D) => Promise<void>;
}

/** Draws images by the stages of a sampler, in parts, so that the memory is bounded. */
export class ImageSampler {
  constructor(private readonly parts: Parts) {}

  /** How many images are drawn at once at most, unless another number is asked for. */
  get batch(): number {
    return this.parts.batch;
  }

  /**
   * From noise to images.
   * @param images their numbers: what an image is made of follows from its number and the stream
   * @returns a part of them after the other
   */
  async *sample(
    stages: readonly SamplerStep[],
    images: readonly number[],
    random: Random,
    batch = this.batch,
  ): AsyncGenerator<Images> {
    for (const part of chunk(images, batch)) {
      const noise = { random: random.stream('z'), images: part };
      yield this.denoise(this.begin(part, random), stages, noise, { labels: this.parts.labelsOf(part) });
    }
  }

  /** The same, looked at on the way. @returns the moments, each with all images */
  async sampleTrajectory(
    stages: readonly SamplerStep[],
    images: readonly number[],
    random: Random,
    { of = 'x', frames }: TrajectoryOptions,
    batch = this.batch,
  ): Promise<Images[]> {
    const view = viewOf(of);
    const moments = momentsOf(stages.length, frames);
    const watched: Images[][] = [];
    for (const part of chunk(images, batch)) {
      const seen: Images[] = [];
      const see = async (stage: number, x: tf.Tensor4D) => {
        if (moments.includes(stage)) seen.push(await this.pixelsOf(x));
      };
      const noise = { random: random.stream('z'), images: part };
      const way = { look: { view, see }, labels: this.parts.labelsOf(part) };
      const images = await this.denoise(this.begin(part, random), stages, noise, way);
      watched.push([...seen, images]);
    }
    return moments.map((_, moment) => concatImages(watched.flatMap((frames) => frames[moment] ?? [])));
  }

  /** Takes images through stages. @param x given up @throws what `checkStop` throws */
  async denoise(
    x: tf.Tensor4D,
    stages: readonly SamplerStep[],
    noise: NoiseSpec,
    { look, labels }: Way = {},
  ): Promise<Images> {
    const { sampling, monitor, checkStop } = this.parts;
    let state = sampling.begin(x, labels);
    let number = 0;
    try {
      for await (const stage of monitor.iterate('Sample', stages, stages.length)) {
        checkStop?.();
        const { seen, ...next } = await sampling.step(state, stage, stages.length - 1 - number, noise, look?.view);
        state = next;
        if (seen) await look?.see(number, seen);
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
    return tf.tidy(() => random.stream('xT').normalAtEach(tf.tensor1d([...images], 'int32'), this.parts.shape));
  }

  private async pixelsOf(x: tf.Tensor4D): Promise<Images> {
    return { pixels: await toPixels(x), shape: this.parts.shape };
  }
}

function viewOf(name: string): LinearCombination {
  const view = VIEWS[name];
  if (view) return view;
  throw new UserError(`--of ${name}: that cannot be looked at.`, {
    hints: ['x is the image on its way, x0 the image that the network makes out in it.'],
    exitCode: ExitCode.usage,
  });
}

/** Numbers of stages at equal distances, the image itself last: its number is that of a stage after the last. */
function momentsOf(stages: number, frames: number): number[] {
  const count = Math.min(frames, stages + 1);
  return Array.from({ length: count }, (_, frame) => Math.round((frame * stages) / (count - 1)));
}
