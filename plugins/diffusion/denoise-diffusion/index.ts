import { inject } from 'inversify';
import { Diffusion, type NoisePredictor, NoiseSchedule, type Random, option, slot, tf, value } from 'explab';

/** Settings of the diffusion process. */
export class DenoiseDiffusionSettings {
  /** T: how many diffusion steps. */
  steps = value(1000, { integer: true, min: 1 });
  /** β at each step. */
  schedule = slot(NoiseSchedule, 'Linear');
}

/**
 * Denoising diffusion: an image dissolving into noise, and the way back.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239. The step that the paper calls t = 1 ... T is t = 0 ... T - 1
 * here, as in labml's annotated implementation. Departures are listed in docs/diffusion.md.
 */
@option(Diffusion, 'DenoiseDiffusion', DenoiseDiffusionSettings)
export class DenoiseDiffusion extends Diffusion {
  readonly steps: number;
  /** β_t, the variance of the noise that step t adds. */
  readonly beta: Float32Array;
  /** α_t = 1 - β_t. */
  readonly alpha: Float32Array;
  /** ᾱ_t = α_0 α_1 ... α_t. */
  readonly alphaBar: Float32Array;

  constructor(@inject(DenoiseDiffusionSettings) { steps, schedule }: DenoiseDiffusionSettings) {
    super();
    this.steps = steps;
    const beta = schedule.betas(steps);
    let product = 1;
    this.beta = Float32Array.from(beta);
    this.alpha = Float32Array.from(beta, (b) => 1 - b);
    this.alphaBar = Float32Array.from(beta, (b) => (product *= 1 - b));
  }

  /**
   * The distribution q(x_t | x_0), eq. 4.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param t int32 [batch], each in [0, T); borrowed
   * @returns float32 mean of the shape of x0, variance [batch, 1, 1, 1]; the caller disposes
   */
  qXtX0(x0: tf.Tensor4D, t: tf.Tensor1D): { mean: tf.Tensor4D; variance: tf.Tensor4D } {
    return tf.tidy(() => {
      const alphaBar = at(this.alphaBar, t);
      // q(x_t | x_0) = N(√ᾱ_t x_0, (1 - ᾱ_t) I)
      return { mean: alphaBar.sqrt().mul(x0), variance: tf.sub(1, alphaBar) };
    });
  }

  /**
   * Draws x_t ~ q(x_t | x_0), eq. 4.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param t int32 [batch], each in [0, T); borrowed
   * @param epsilon standard normal noise, the shape of x0; borrowed
   * @returns float32, the shape of x0; the caller disposes
   */
  qSample(x0: tf.Tensor4D, t: tf.Tensor1D, epsilon: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const { mean, variance } = this.qXtX0(x0, t);
      // x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε
      return mean.add(variance.sqrt().mul(epsilon));
    });
  }

  /**
   * Draws x_{t-1} ~ p_θ(x_{t-1} | x_t), eq. 11 and algorithm 2, with σ²_t = β_t.
   * @param xt float32 [batch, height, width, channels]; borrowed
   * @param t int32 [batch], each in [0, T); borrowed
   * @param random where the noise draws
   * @returns float32, the shape of xt; the caller disposes
   */
  pSample(model: NoisePredictor, xt: tf.Tensor4D, t: tf.Tensor1D, random: Random): tf.Tensor4D {
    return tf.tidy(() => {
      const epsTheta = model.predict(xt, t);
      const alpha = at(this.alpha, t);
      const alphaBar = at(this.alphaBar, t);
      // μ_θ(x_t, t) = 1/√α_t (x_t - β_t/√(1 - ᾱ_t) ε_θ(x_t, t))
      const coefficient = at(this.beta, t).div(tf.sub(1, alphaBar).sqrt());
      const mean = xt.sub(coefficient.mul(epsTheta)).div(alpha.sqrt());
      // x_{t-1} = μ_θ(x_t, t) + σ_t z, where z = 0 at the last step, so that no noise is left in the image
      const noisy = t.greater(0).cast('float32').reshape<tf.Tensor4D>([-1, 1, 1, 1]);
      const sigma = at(this.beta, t).sqrt().mul(noisy);
      return mean.add(sigma.mul(random.normal<tf.Rank.R4>(xt.shape)));
    });
  }

  /**
   * The simplified loss, eq. 14: L(θ) = E[‖ε - ε_θ(√ᾱ_t x_0 + √(1 - ᾱ_t) ε, t)‖²], a mean over the elements.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random where t, ε and the dropout draw
   * @returns a float32 scalar; the caller disposes
   */
  loss(model: NoisePredictor, x0: tf.Tensor4D, random: Random): tf.Scalar {
    return tf.tidy(() => {
      const t = random.stream('t').integers<tf.Rank.R1>([x0.shape[0]], this.steps);
      const epsilon = random.stream('epsilon').normal<tf.Rank.R4>(x0.shape);
      const epsTheta = model.predict(this.qSample(x0, t, epsilon), t, random.stream('dropout'));
      return epsilon.sub(epsTheta).square().mean();
    });
  }
}

/** The values at t, shaped to multiply images. @returns float32 [batch, 1, 1, 1] */
function at(values: Float32Array, t: tf.Tensor1D): tf.Tensor4D {
  return tf.gather(tf.tensor1d(values), t).reshape([-1, 1, 1, 1]);
}
