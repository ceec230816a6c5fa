/** Public API of the images domain: what plugins and experiments may import from `explab/images`. */
export { decodeImage } from './data/decode';
export { findImages, identifyFiles, type ImageFile } from './data/image-files';
export { type ImageSource, readSources } from './data/image-source';
export { InMemoryDataset } from './data/in-memory';
export { LabelledImages } from './data/labelled-images';
export { resizer } from './data/resize';
export { ImageFileSettings, openImageCache } from './data/image-cache';
export { NaNImagesError, toImages, toPixels } from './data/to-images';
export { ImageExperiment, ImageExperimentSettings } from './image-experiment';
export { Augmentation } from './kinds/augmentation';
export { Classifier } from './kinds/classifier';
export { type Extracted, FeatureExtractor } from './kinds/feature-extractor';
export { type ImageBatch, ImageDataset, ImageSettings, type ImageShape } from './kinds/image-dataset';
export { type Quality, QualityMeter, type QualityRequest } from './quality/quality-meter';
export { QualitySettings } from './quality/quality-settings';
export { imageGrid } from './render/image-grid';
export { GeneratorHooks } from './sampling/generator-hooks';
export type { ImageGenerator } from './sampling/image-abilities';
export {
  concatImages,
  type Images,
  type InterpolationOptions,
  type InterpolationPair,
  type SampleFunction,
  type TrajectoryOptions,
} from './sampling/images';
export { IMAGE_FORMAT } from './sampling/image-format';
export { LatentSampler } from './sampling/latent-sampler';
