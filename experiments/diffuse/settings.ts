import {
  Diffusion,
  ImageExperimentSettings,
  NoisePredictor,
  QualitySettings,
  Sampler,
  group,
  optional,
  slot,
  value,
} from 'explab';
import { classesOf } from './classes';

/** Settings of the experiment; the defaults are labml's. */
export class DiffuseSettings extends ImageExperimentSettings {
  /** T: how many diffusion steps. */
  steps = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** The diffusion process. */
  diffusion = slot(Diffusion, 'DenoiseDiffusion', { steps: () => this.steps });
  /** The network that tells the noise in an image. */
  model = slot(NoisePredictor, 'UNet', {
    imageChannels: () => this.dataset.shape[2],
    classes: () => (this.conditional ? classesOf(this.dataset) : undefined),
  });
  /** Whether the network is told the class of each image, so that images of a class can be drawn. */
  conditional = value(false, { role: 'hyperparameter' });
  /** How often it is told no class while training, which guidance needs. */
  classDropout = value(0.1, { min: 0, below: 1, role: 'hyperparameter' });
  /** The way from noise to images. */
  sampler = slot(Sampler, 'DDPM');
  /** How strongly images are drawn to their class: 1 as the network was trained, 0 not at all; 2 to 4 for clear ones. */
  guidance = value(1, { min: 0, role: 'meta' });
  /** The class of the images that are drawn; all in turn where it is left out. */
  class = optional('number', { integer: true, min: 0, role: 'meta' });
  /** How far an update goes. */
  override learningRate = value(2e-5, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Decay of the moving average of the weights, which images are drawn with; with 0 there is none. */
  override ema = value(0.9999, { min: 0, below: 1, role: 'hyperparameter' });
  /** How many images are drawn to look at. */
  samples = value(16, { integer: true, min: 1, max: 10_000, unit: 'images', role: 'meta', dynamic: true });
  /** Epochs between two drawings. */
  sampleEvery = value(1, { integer: true, min: 1, unit: 'epochs', role: 'meta', dynamic: true });
  /** How good the drawn images are is measured so; while training only where it is asked for. */
  quality = group(QualitySettings);
}
