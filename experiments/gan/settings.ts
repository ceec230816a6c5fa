import { ExperimentSettings, LearnerSettings, Optimizer, group, preset, slot, value } from 'explab';
import { ImageDataset, QualitySettings } from 'explab/images';
import { Discriminator, Generator } from './networks';

/** Settings of the training of one of the networks. */
export class AdversarialSettings extends LearnerSettings {
  /** Optimizer that updates the parameters. */
  override optimizer = slot(Optimizer, 'Adam', { beta1: () => 0.5, beta2: () => 0.9 });
  /** Learning rate. */
  override learningRate = value(2e-4, { min: 0, role: 'hyperparameter', dynamic: true });
}

/** Settings of `gan`. */
export class GANSettings extends ExperimentSettings {
  /** Dataset to train on. */
  dataset = slot(ImageDataset, 'Digits', { imageSize: () => this.imageSize });
  /** Side length of the square images, in pixels. */
  imageSize = value(28, { integer: true, min: 8, unit: 'pixels', role: 'hyperparameter' });
  /** Number of latent variables. */
  latent = value(64, { integer: true, min: 1, role: 'hyperparameter' });
  /** Network that generates images. */
  generator = slot(Generator, 'MLP', {
    latent: () => this.latent,
    imageSize: () => this.imageSize,
    imageChannels: () => this.dataset.shape[2],
  });
  /** Network that distinguishes generated images from those of the dataset. */
  discriminator = slot(Discriminator, 'MLP', {
    imageSize: () => this.imageSize,
    imageChannels: () => this.dataset.shape[2],
  });
  /** Loss of both networks: of Wasserstein GANs, or the non-saturating loss of Goodfellow et al. 2014. */
  loss = value('wasserstein', { choices: ['wasserstein', 'non-saturating'], role: 'hyperparameter' });
  /** Weight of the gradient penalty; 0 disables it. */
  penalty = value(10, { min: 0, role: 'hyperparameter' });
  /** Updates of the discriminator for each update of the generator. */
  discriminatorSteps = value(5, { integer: true, min: 1, role: 'hyperparameter' });
  /** Training of the generator. */
  generatorTraining = group(AdversarialSettings, { sampling: true });
  /** Training of the discriminator. */
  discriminatorTraining = group(AdversarialSettings);
  /** Number of images per step. */
  batchSize = value(64, { integer: true, min: 1, unit: 'images', role: 'hyperparameter' });
  /** Number of passes over the dataset. */
  override epochs = value(300, { integer: true, min: 1, role: 'hyperparameter' });
  /** Number of preview images. */
  samples = value(16, { integer: true, min: 1, max: 10_000, unit: 'images', role: 'meta', dynamic: true });
  /** Interval between previews, in epochs. */
  sampleEvery = value(10, { integer: true, min: 1, unit: 'epochs', role: 'meta', dynamic: true });
  /** Evaluation of sample quality; during training only if `quality.every` is set. */
  quality = group(QualitySettings, { sampling: true });
}

/** Embedded digits at their native size. */
export const digits = preset(
  GANSettings,
  { dataset: 'Digits' },
  { imageSize: 8, 'quality.features': 'DigitClassifier' },
);
