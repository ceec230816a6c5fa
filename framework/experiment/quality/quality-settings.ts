import { optional, value } from '../../config/declare/declare';
import { FeatureExtractor } from '../../kinds/feature-extractor';

/** How good drawn images are is measured so. */
export class QualitySettings {
  /** What makes the numbers of images that are compared. */
  features = optional(FeatureExtractor, {}, { role: 'meta' });
  /** Epochs between two measurements while training; without it there are none. */
  every = optional('number', { integer: true, min: 1, unit: 'epochs', role: 'meta' });
  /** How many images are drawn for a measurement while training. */
  images = value(1000, { integer: true, min: 2, max: 1_000_000, unit: 'images', role: 'meta' });
  /** At most so many images of the dataset are compared with, chosen at random where there are more. */
  reference = value(50_000, { integer: true, min: 2, unit: 'images', role: 'meta' });
  /** How many images are drawn at once. */
  batchSize = value(250, { integer: true, min: 1, unit: 'images', role: 'meta' });
}
