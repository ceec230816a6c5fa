/** Public API: everything that plugins and experiments may import from the framework. */
export type { CheckpointParts } from './checkpoint/checkpoint';
export { loadWeights } from './checkpoint/load-weights';
export { CheckpointSettings } from './checkpoint/retention';
export { savedOptimizer, savedParameters } from './checkpoint/variables';
export { computed, fieldsOf, group, optional, slot, slots, value } from './config/declare/declare';
export { didYouMean } from './util/nearest';
export { option, preset } from './config/declare/option';
export { Batches, type BatchesOptions } from './data/batches';
export type { Source } from './data/source';
export { ensurePackages, type Packages } from './install/packages';
export { decodeImage } from './data/decode';
export { download, type DownloadOptions, type RemoteFile } from './data/download';
export { findImages, identifyFiles, type ImageFile } from './data/image-files';
export { type ImageSource, readSources } from './data/image-source';
export { LabelledImages } from './data/labelled-images';
export { InMemoryDataset } from './data/in-memory';
export { resizer } from './data/resize';
export { type Split, Subset, split } from './data/split';
export { NaNImagesError, toImages, toPixels } from './data/to-images';
export { ExitCode, UserError, messageOf } from './errors';
export { Evaluation, type Measure } from './experiment/evaluation/evaluation';
export {
  type Images,
  type InterpolationOptions,
  type InterpolationPair,
  type TrajectoryOptions,
  concatImages,
  chunk,
} from './experiment/sampling/images';
export { Experiment } from './experiment/experiment';
export { ExperimentSettings } from './experiment/settings';
export { Trained, TrainedSettings } from './experiment/trained';
export { ImageExperiment, ImageExperimentSettings } from './experiment/image-experiment';
export { type SampleFormat, type SamplingOptions, firstIndices } from './experiment/sampling/samples';
export type { ImageGenerator } from './experiment/sampling/image-abilities';
export { type SampleFunction } from './experiment/sampling/images';
export { type Quality, QualityMeter, type QualityRequest } from './experiment/quality/quality';
export { QualitySettings } from './experiment/quality/quality-settings';
export { Run } from './experiment/run';
export { type Loss, TrainingStep } from './experiment/training/training-step';
export { Augmentation } from './kinds/augmentation';
export { Classifier } from './kinds/classifier';
export { checkShape } from './kinds/contract';
export { Diffusion, type Estimate, type TracedLevel, checkAlphaBar } from './kinds/diffusion';
export { type Extracted, FeatureExtractor } from './kinds/feature-extractor';
export { Dataset, type Fingerprint } from './kinds/dataset';
export { type ImageBatch, ImageDataset, ImageSettings, type ImageShape } from './kinds/image-dataset';
export { LearningRateSchedule, WarmupSchedule, WarmupSettings } from './kinds/learning-rate-schedule';
export { type Job, type JobArray, Launcher, type JobStatus } from './kinds/launcher';
export { type LevelPair, type NoiseLevel, karrasLevels, sigmaOf, uniformLevels } from './kinds/noise-level';
export type { Goal, Goals } from './kinds/metric';
export { NoisePredictor, type Predictor } from './kinds/noise-predictor';
export { AlphaBarSchedule, AlphaBarSettings, NoiseSchedule, betasOf } from './kinds/noise-schedule';
export { Optimizer, type OptimizerVariable, type Update } from './kinds/optimizer';
export { type LinearCombination, Sampler, SamplerSettings, type SamplerStep } from './kinds/sampler';
export { SpacedSampler, SpacedSamplerSettings } from './kinds/spaced-sampler';
export { type Distribution, type Search, type SearchSpace, Searcher, type Suggestion } from './kinds/searcher';
export { type Picture, type Scalars, Tracker } from './kinds/tracker';
export { Monitor } from './monitor/monitor';
export { ConvTranspose2d } from './nn/conv-transpose2d';
export { Conv2d } from './nn/conv2d';
export { crossEntropy } from './nn/cross-entropy';
export { ExponentialAverage } from './nn/exponential-average';
export { dropout, swish } from './nn/functional';
export { GroupNorm } from './nn/group-norm';
export { Linear } from './nn/linear';
export { Module } from './nn/module';
export { Parameter } from './nn/parameter';
export { Random } from './random/random';
export { identityOf, isAlive, type ProcessIdentity } from './run/status/process-identity';
export { RunFolder } from './run/run-folder';
export { Engine, type Program, type Step } from './tensorflow/engine';
export { LoadedModel, type TensorInfo } from './tensorflow/loaded-model';
export { repeat } from './tensorflow/repeat';
export type { SavedFunction, SavedFunctions } from './tensorflow/saved-function';
export { SummaryWriter } from './tensorflow/summary-writer';
export * as tf from './tensorflow/tf';
export { type AdamUpdate, applyAdam, applyMomentum, type MomentumUpdate } from './tensorflow/updates';
export { Variable } from './tensorflow/variable';
export { imageGrid } from './tracker/image-grid';
export type { Evaluated, EvaluationRequest, Evaluator } from './experiment/evaluation/evaluator';
