import { type Engine, type Program, type Random, chunk, tf } from 'explab';
import { toPixels } from '../data/to-images';
import type { ImageShape } from '../kinds/image-dataset';
import type { Images } from './images';

interface LatentSamplerOptions {
  readonly engine: Engine;
  /** Number of latent variables. */
  readonly latent: number;
  /** Shape of the images. */
  readonly shape: ImageShape;
  /** @param z float32 [n, latent]; borrowed @returns float32 [n, height, width, channels] in [-1, 1] */
  readonly generate: (z: tf.Tensor2D) => tf.Tensor4D;
}

/** Generates images from latent vectors z ~ N(0, I) by one pass of a network. */
export class LatentSampler {
  private readonly program: Program;

  constructor(private readonly options: LatentSamplerOptions) {
    this.program = options.engine.program('sample', (z) => [options.generate(z as tf.Tensor2D)]);
  }

  /**
   * @param indices numbers of the images; an image is a function of its number and the stream
   * @param batch most images to generate at once
   */
  async *sample(indices: readonly number[], random: Random, batch: number): AsyncGenerator<Images> {
    for (const part of chunk(indices, batch)) yield await this.generate(part, random);
  }

  private async generate(indices: readonly number[], random: Random): Promise<Images> {
    const { latent, shape } = this.options;
    const z = tf.tidy(() => random.normalAtEach<tf.Rank.R2>(tf.tensor1d([...indices], 'int32'), [latent]));
    const [images] = await this.program.run(z);
    const pixels = await toPixels(images as tf.Tensor4D);
    tf.dispose([z, images]);
    return { pixels, shape };
  }
}
