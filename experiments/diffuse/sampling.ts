import {
  type Diffusion,
  type Engine,
  type Mixture,
  type NoisePredictor,
  type Program,
  Random,
  type Stage,
  type TracedLevel,
  tf,
} from 'explab';

/** What goes from one stage to the next: float32 [batch, height, width, channels] each. */
export interface SamplingState {
  readonly x: tf.Tensor4D;
  /** What the stage before kept. */
  readonly kept: tf.Tensor4D;
}

/** What is sampled with. */
interface Parts {
  readonly engine: Engine;
  readonly model: NoisePredictor;
  readonly diffusion: Diffusion;
  /** Runs code in which the model has the weights that it is to draw with; its own where left out. */
  readonly around?: <T>(code: () => T) => T;
}

/** Takes samplers' stages: one program for all of them, because whatever tells them apart goes in as numbers. */
export class Sampling {
  private readonly program: Program;

  constructor({ engine, model, diffusion, around = (code) => code() }: Parts) {
    this.program = engine.program('sample', (x, kept, level, mixtures, key, left) => {
      const { x0, epsilon } = around(() => diffusion.estimate(model, x as tf.Tensor4D, levelOf(level as tf.Tensor1D)));
      // The stream is an input, so that drawing for another step of training needs no other program.
      const noise = Random.fromKey(key as tf.Scalar, left as tf.Scalar).normal<tf.Rank.R4>(x0.shape);
      return tf.unstack(mixed(mixtures as tf.Tensor2D, [x, x0, epsilon, kept, noise] as tf.Tensor4D[]));
    });
  }

  /** Where every sampler begins. @param x standard normal noise; given up */
  begin(x: tf.Tensor4D): SamplingState {
    return { x, kept: tf.zerosLike(x) };
  }

  /**
   * Takes one stage.
   * @param state given up
   * @param left how many stages come after it
   * @param random the stream that the noise of all stages draws from
   * @returns the caller disposes
   */
  async step(state: SamplingState, stage: Stage, left: number, random: Random): Promise<SamplingState> {
    const { alphaBar, t } = stage.level;
    const level = tf.tensor1d([t, Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]);
    const mixtures = tf.tensor2d([factorsOf(stage.x), factorsOf(stage.kept)]);
    const inputs = [state.x, state.kept, level, mixtures, tf.scalar(random.key, 'int32'), tf.scalar(left, 'int32')];
    const [x, kept] = (await this.program.run(...inputs)) as [tf.Tensor4D, tf.Tensor4D];
    tf.dispose(inputs);
    return { x, kept };
  }
}

function levelOf(level: tf.Tensor1D): TracedLevel {
  const [t, signal, noise] = tf.unstack(level) as [tf.Scalar, tf.Scalar, tf.Scalar];
  return { t, signal, noise };
}

/**
 * Sums of images, each with its factor. Not by a product of matrices, which other number formats would round.
 * @param mixtures float32 [sums, images]
 * @returns float32 [sums, ...the shape of an image]
 */
function mixed(mixtures: tf.Tensor2D, images: readonly tf.Tensor4D[]): tf.Tensor {
  const [sums, count] = mixtures.shape;
  const flat = tf.reshape(tf.stack([...images]), [1, count, -1]);
  const summed = tf.sum(tf.mul(flat, tf.reshape(mixtures, [sums, count, 1])), 1);
  return tf.reshape(summed, [sums, ...(images[0]?.shape ?? [])]);
}

function factorsOf({ x = 0, x0 = 0, epsilon = 0, kept = 0, noise = 0 }: Mixture = {}): number[] {
  return [x, x0, epsilon, kept, noise];
}
