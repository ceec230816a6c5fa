import { betasOf, Diffusion, type Estimate, NoiseSchedule, type Predictor, type TracedLevel } from 'explab/diffusion';
import { option, optional, type Random, slot, tf, UserError, value } from 'explab';
import { alphaBarOf, zeroTerminal } from './alpha-bar';
import { estimateFrom, minSNRWeights, type Prediction, targetOf } from './prediction';

/** Settings of the diffusion process. */
export class DenoiseDiffusionSettings {
  /** Number of diffusion steps T. */
  steps = value(1000, { integer: true, min: 1 });
  /** Noise schedule: β at each step. */
  schedule = slot(NoiseSchedule, 'Linear');
  /** Rescale β so that x_T is pure noise. */
  zeroTerminalSNR = value(false);
  /** Prediction target of the network: the noise ε, the image x0, or the velocity v. */
  prediction = value<Prediction>('epsilon', { choices: ['epsilon', 'x0', 'v'] });
  /** γ of min-SNR loss weighting, 5 in its paper; all steps have equal weight if unset. */
  minSNRGamma = optional('number', { above: 0 });
}

/**
 * Denoising diffusion: the forward process from image to noise, and its reversal.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239. The step that the paper calls t = 1 ... T is t = 0 ... T - 1
 * here, as in labml's annotated implementation. Departures are listed in docs/diffusion.md.
 */
@option(Diffusion, 'DenoiseDiffusion', DenoiseDiffusionSettings)
export class DenoiseDiffusion extends Diffusion {
  readonly alphaBar: Float64Array;
  private readonly prediction: Prediction;
  /** Loss weight of each step; undefined if all are equal. */
  private readonly weights: Float64Array | undefined;

  /** @throws UserError if the schedule is invalid, or ε is the target with zero terminal SNR */
  constructor(settings: DenoiseDiffusionSettings) {
    super();
    const { steps, schedule, zeroTerminalSNR, prediction, minSNRGamma } = settings;
    const alphaBar = alphaBarOf(betasOf(schedule, steps));
    this.alphaBar = zeroTerminalSNR ? zeroTerminal(alphaBar) : alphaBar;
    checkTerminal(this.alphaBar, prediction);
    this.prediction = prediction;
    this.weights = minSNRGamma === undefined ? undefined : minSNRWeights(this.alphaBar, prediction, minSNRGamma);
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

  estimate(model: Predictor, xt: tf.Tensor4D, level: TracedLevel): Estimate {
    const times = tf.tile(tf.reshape<tf.Rank.R1>(level.t, [1]), [xt.shape[0]]);
    return estimateFrom(this.prediction, model.predict(xt, times), xt, level);
  }

  /**
   * The simplified loss, eq. 14: L(θ) = E[‖ε - ε_θ(√ᾱ_t x_0 + √(1 - ᾱ_t) ε, t)‖²], a mean over the elements; or the same for x_0 or v,
   * and weighted by step, depending on the settings.
   * @param x0 float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random source of t, ε and dropout
   * @returns a float32 scalar; the caller disposes
   */
  loss(model: Predictor, x0: tf.Tensor4D, random: Random): tf.Scalar {
    return tf.tidy(() => {
      const t = random.stream('t').integers<tf.Rank.R1>([x0.shape[0]], this.steps);
      const epsilon = random.stream('epsilon').normal<tf.Rank.R4>(x0.shape);
      const prediction = model.predict(this.qSample(x0, t, epsilon), t, random.stream('dropout'));
      const target = targetOf(this.prediction, x0, epsilon, at(this.alphaBar, t));
      const errors = target.sub(prediction).square();
      return (this.weights ? errors.mul(at(this.weights, t)) : errors).mean();
    });
  }
}

/** Values at t, shaped for broadcasting over images. @returns float32 [batch, 1, 1, 1] */
function at(values: Float64Array, t: tf.Tensor1D): tf.Tensor4D {
  return tf.gather(tf.tensor1d(Float32Array.from(values)), t).reshape([-1, 1, 1, 1]);
}

function checkTerminal(alphaBar: Float64Array, prediction: Prediction): void {
  if (alphaBar.at(-1) !== 0 || prediction !== 'epsilon') return;
  throw new UserError(
    'With zero terminal SNR, x_T is pure noise, so predicting ε gives no information about the image.',
    {
      hints: ['Choose another prediction target: diffusion.prediction=v'],
    },
  );
}
