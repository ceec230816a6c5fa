import { type Diffusion, type Engine, type NoisePredictor, type Program, Random, tf } from 'explab';

/** Takes noise away step by step, each a program that an engine runs. */
export class Sampler {
  private readonly program: Program;

  /** @param around runs code in which the model has the weights that it is to draw with; its own where left out */
  constructor(
    engine: Engine,
    model: NoisePredictor,
    diffusion: Diffusion,
    around: <T>(code: () => T) => T = (code) => code(),
  ) {
    this.program = engine.program('sample', (xt, t, key) => {
      const [count = 1] = xt.shape;
      const times = tf.tile(tf.reshape<tf.Rank.R1>(t as tf.Scalar, [1]), [count]);
      // The stream is an input, so that drawing for another step of training needs no other program.
      const random = Random.fromKey(key as tf.Scalar, t as tf.Scalar);
      return [around(() => diffusion.pSample(model, xt as tf.Tensor4D, times, random))];
    });
  }

  /**
   * Draws x_{t-1} ~ p_θ(x_{t-1} | x_t).
   * @param xt float32 [batch, height, width, channels]; given up
   * @param t the same for each image
   * @param random the stream that the noise of all steps draws from
   * @returns the shape of xt; the caller disposes
   */
  async step(xt: tf.Tensor4D, t: number, random: Random): Promise<tf.Tensor4D> {
    const scalars = [tf.scalar(t, 'int32'), tf.scalar(random.key, 'int32')];
    const [x] = await this.program.run(xt, ...scalars);
    tf.dispose([xt, ...scalars]);
    return x as tf.Tensor4D;
  }
}
