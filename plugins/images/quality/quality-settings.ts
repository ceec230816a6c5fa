import { optional, value } from 'explab';
import { FeatureExtractor } from '../kinds/feature-extractor';

/** Settings for evaluating the quality of generated images. */
export class QualitySettings {
  /** Feature extractor for the quality metrics. */
  features = optional(FeatureExtractor, {}, { role: 'meta' });
  /** Epochs between evaluations during training; off if not set. */
  every = optional('number', { integer: true, min: 1, unit: 'epochs', role: 'meta' });
  /** Number of images generated for an evaluation during training. */
  images = value(1000, { integer: true, min: 2, max: 1_000_000, unit: 'images', role: 'meta' });
  /** Maximum number of dataset images to compare with; a random subset if the dataset is larger. */
  reference = value(50_000, { integer: true, min: 2, unit: 'images', role: 'meta' });
  /** Number of images generated at once. */
  batchSize = value(250, { integer: true, min: 1, unit: 'images', role: 'meta' });
}
