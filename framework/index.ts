/** Public API: everything that domains, plugins and experiments may import from the framework. */
// First, as the native libraries that the rest loads fail when they are loaded twice.
import './util/single-copy';
import * as tf from './tensorflow/tf';

export { tf };
export { inject } from 'inversify';
export type { CallableFunction, CallableFunctions, Numbers } from './api/callable-functions';
export type { RunResult } from './api/host';
export { loadRun, type LoadOptions } from './api/load-run';
export type { EvaluateOptions, LoadedRun, SampleOptions } from './api/loaded-run';
export type { Metrics } from './api/metrics';
export type { OptionClass, ProjectOptions } from './api/project-options';
export { resume, type ResumedRunOptions } from './api/resume';
export { type NewRunOptions, run } from './api/run';
export { type ListedRun, runs, type RunsOptions } from './api/runs';
export type { Samples } from './api/samples';
export type { ExperimentClass, SettingsFor } from './api/settings-for';
export { sweep, type SweepOptions } from './api/sweep';
export type { TrainingOptions } from './api/training-options';
export { type Artifact, fileArtifact, type ImageArtifact, imageArtifact, textArtifact } from './artifacts/artifact';
export { audioArtifact, wavArtifact } from './artifacts/audio';
export { artifactFromFile } from './artifacts/from-file';
export { histogramArtifact } from './artifacts/histogram';
export { type Cell, tableArtifact } from './artifacts/table';
export type { CheckpointParts } from './checkpoint/checkpoint';
export { loadWeights } from './checkpoint/load-weights';
export { CheckpointSettings } from './checkpoint/retention';
export { savedOptimizer, savedParameters, savedWeights } from './checkpoint/variables';
export { computed, fieldsOf, group, optional, slot, slots, value } from './config/declare/declare';
export { option, Preset, preset } from './config/declare/option';
export type { CacheOptions, ExampleCache } from './data/cache/example-cache';
export { CACHE_MODES, openCache } from './data/cache/open-cache';
export { ArrayDataset } from './data/array-dataset';
export { type ArrayRecord, type NdArray, type TensorsOf, countOf, takeExamples, toTensors } from './data/array-record';
export { Batches, type BatchesOptions } from './data/batches';
export { download, type DownloadOptions, type RemoteFile } from './data/download';
export { gunzip, gunzipHead, isGzip } from './data/gzip';
export { Limit } from './data/limit';
export { type Streamed, generated, streamed } from './data/make-source';
export type { Source } from './data/source';
export { type Split, split, Subset } from './data/split';
export { ExitCode, messageOf, UserError } from './errors';
export { DatasetExperiment } from './experiment/dataset-experiment';
export { Evaluation, type Measure } from './experiment/evaluation/evaluation';
export type { Evaluated, EvaluationRequest, Evaluator } from './experiment/evaluation/evaluator';
export { Experiment } from './experiment/experiment';
export { type EvaluatedPart, EvaluationSettings } from './experiment/lifecycle/evaluation-schedule';
export { Run } from './experiment/run';
export { type OutputPath, parseOutput, prepareFiles } from './experiment/sampling/output-path';
export {
  chunk,
  firstIndices,
  MAX_SAMPLES,
  type SampleFormat,
  type SamplingOptions,
} from './experiment/sampling/samples';
export { checkInteger, type FileRequest, runOptionsFor } from './experiment/sampling/sampling-request';
export { ExperimentSettings } from './experiment/settings';
export { Trained, TrainedSettings } from './experiment/trained';
export { LearnerSettings } from './experiment/training/create-learner';
export type { BatchReport } from './experiment/training/failed-batch';
export type { Learner } from './experiment/training/learner';
export type { StepBody, StepContext, StepScalars } from './experiment/training/step-body';
export type { TensorRecord } from './experiment/training/tensor-record';
export type { StepOptions, TrackedStep } from './experiment/training/tracked-step';
export { type Loss, TrainingStep } from './experiment/training/training-step';
export { type Ability, withModel } from './experiment/weights/with-model';
export { ensurePackages, type Packages } from './install/packages';
export { Callback, type Training } from './kinds/callback';
export { checkNumbers, checkShape, contractError, typeNameOf } from './kinds/contract';
export { Dataset, type Fingerprint, readChecked } from './kinds/dataset';
export { Improvement, ImprovementSettings } from './kinds/improvement';
export { type Job, type JobArray, type JobStatus, Launcher } from './kinds/launcher';
export { LearningRateSchedule, WarmupSchedule, WarmupSettings } from './kinds/learning-rate-schedule';
export type { Goal, Goals } from './kinds/metric';
export { Optimizer, type OptimizerVariable, type Update } from './kinds/optimizer';
export { OptimizerSettings } from './kinds/parameter-groups';
export { type Distribution, type Search, Searcher, type SearchSpace, type Suggestion } from './kinds/searcher';
export { type Scalars, Tracker } from './kinds/tracker';
export { Monitor } from './monitor/monitor';
export { type AttentionOptions, scaledDotProductAttention } from './nn/attention';
export { BatchNorm, type BatchNormOptions } from './nn/batch-norm';
export { Buffer } from './nn/buffer';
export { ConvTranspose2d } from './nn/conv-transpose2d';
export { Conv1d } from './nn/conv1d';
export { Conv2d } from './nn/conv2d';
export { crossEntropy } from './nn/cross-entropy';
export { Embedding } from './nn/embedding';
export { ExponentialAverage } from './nn/exponential-average';
export { dropout, swish } from './nn/functional';
export { gelu } from './nn/gelu';
export { GroupNorm } from './nn/group-norm';
export { GRU } from './nn/gru';
export {
  type Initializer,
  kaimingUniform,
  normal,
  ones,
  uniformByFanIn,
  xavierUniform,
  zeros,
} from './nn/initializers';
export { LayerNorm } from './nn/layer-norm';
export { Linear } from './nn/linear';
export { LSTM, type LSTMState } from './nn/lstm';
export { parametersByName } from './nn/model-parameters';
export { linesOf, summarizeModels, tableOf } from './nn/model-summary';
export { Module } from './nn/module';
export { MultiHeadAttention } from './nn/multi-head-attention';
export { Parameter } from './nn/parameter';
export { sinusoidalEncoding } from './nn/sinusoidal-encoding';
export { dataFolder } from './project/data-folder';
export { Random, type ShardRange } from './random/random';
export { RunFolder } from './run/run-folder';
export { identityOf, isAlive, type ProcessIdentity } from './run/status/process-identity';
export { Engine, type Program, type Step } from './tensorflow/engine';
export { stopGradient } from './tensorflow/gradients/stop-gradient';
export type { Output } from './tensorflow/graph/c-api';
export { Float64, Float64Program, inFloat64, type Matrix } from './tensorflow/graph/float64';
export { LoadedModel, type TensorInfo } from './tensorflow/loaded-model';
export { repeat } from './tensorflow/repeat';
export type { SavedFunction, SavedFunctions } from './tensorflow/saved-function';
export { scan, type ScanStep } from './tensorflow/scan';
export { histogramValue, type SummaryValue, textValue } from './tensorflow/summary-proto';
export { SummaryWriter } from './tensorflow/summary-writer';
export { type AdamUpdate, applyAdam, applyMomentum, type MomentumUpdate } from './tensorflow/updates';
export { Variable } from './tensorflow/variable';
export { formatTable, thousands } from './util/format';
export { didYouMean } from './util/nearest';
export { checkRegularFile } from './util/regular-file';
export { writeAtomically } from './util/temporary-path';
