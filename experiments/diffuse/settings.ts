import { Diffusion, NoisePredictor, Sampler } from 'explab/diffusion';
import { ImageExperimentSettings, QualitySettings } from 'explab/images';
import { group, optional, slot, value } from 'explab';
import { classesOf } from './classes';

/** Settings of `diffuse`; the defaults are labml's. */
export class DiffuseSettings extends ImageExperimentSettings {
  /** Number of diffusion steps T. */
  steps = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** Diffusion process. */
  diffusion = slot(Diffusion, 'DenoiseDiffusion', { steps: () => this.steps });
  /** Network that predicts the noise in an image. */
  model = slot(NoisePredictor, 'UNet', {
    imageChannels: () => this.dataset.shape[2],
    classes: () => (this.conditional ? classesOf(this.dataset) : undefined),
  });
  /** Condition the network on the class of each image, to sample images of a chosen class. */
  conditional = value(false, { role: 'hyperparameter' });
  /** Probability of dropping the class label during training, for guidance. */
  classDropout = value(0.1, { min: 0, below: 1, role: 'hyperparameter' });
  /** Sampler that turns noise into images. */
  sampler = slot(Sampler, 'DDPM', {}, { sampling: true });
  /** Scale of classifier-free guidance: 1 is unguided, 0 ignores the class, 2 to 4 give clearer images. */
  guidance = value(1, { min: 0, role: 'meta', sampling: true });
  /** Class of the sampled images; all classes in turn by default. */
  class = optional('number', { integer: true, min: 0, role: 'meta', sampling: true });
  /** Learning rate. */
  override learningRate = value(2e-5, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Decay of the moving average of the weights used for sampling; 0 disables it. */
  override ema = value(0.9999, { min: 0, below: 1, role: 'hyperparameter', sampling: true });
  /** Number of preview images. */
  samples = value(16, { integer: true, min: 1, max: 10_000, unit: 'images', role: 'meta', dynamic: true });
  /** Interval between previews, in epochs. */
  sampleEvery = value(1, { integer: true, min: 1, unit: 'epochs', role: 'meta', dynamic: true });
  /** Evaluation of sample quality; during training only if `quality.every` is set. */
  quality = group(QualitySettings, { sampling: true });
}
