import { totalmem } from 'node:os';
import type { Checkpoint, CheckpointParts } from '../checkpoint/checkpoint';
import type { Position } from '../checkpoint/manifest';
import { savedAverage, savedOptimizer, savedParameters, savedVariable } from '../checkpoint/variables';
import { optional, slot, slots, value } from '../config/declare/declare';
import { augmented } from '../data/augmented';
import { Batches } from '../data/batches';
import { UserError } from '../errors';
import { Augmentation } from '../kinds/augmentation';
import { type Fingerprint, type ImageBatch, ImageDataset } from '../kinds/image-dataset';
import { LearningRateSchedule, factorOf } from '../kinds/learning-rate-schedule';
import type { Goals } from '../kinds/metric';
import { Optimizer } from '../kinds/optimizer';
import { ExponentialAverage } from '../nn/exponential-average';
import type { Module } from '../nn/module';
import type { Random, ShardRange } from '../random/random';
import * as tf from '../tensorflow/tf';
import { Divergence } from './training/divergence';
import { Experiment, ExperimentSettings } from './experiment';
import { dumpFailedBatch } from './training/failed-batch';
import { LossScale } from './training/loss-scale';
import type { Run } from './run';
import { TrainingStep } from './training/training-step';

/** Settings shared by experiments that train a model on images. */
export abstract class ImageExperimentSettings extends ExperimentSettings {
  /** Dataset to train on. */
  dataset = slot(ImageDataset, 'Digits', { imageSize: () => this.imageSize });
  /** Side length of the square images, in pixels. */
  imageSize = value(32, { integer: true, min: 8, unit: 'pixels', role: 'hyperparameter' });
  /** Augmentations of the training images, applied in order. */
  augmentations = slots(Augmentation, [], { role: 'hyperparameter' });
  /** Network to train: a slot of the kind that the experiment needs. */
  abstract readonly model: Module;
  /** Number of images per step. */
  batchSize = value(64, { integer: true, min: 1, unit: 'images', role: 'hyperparameter' });
  /** Number of parts that a batch is split into to save memory; their gradients are averaged. */
  microBatches = value(1, { integer: true, min: 1, role: 'meta' });
  /** Optimizer that updates the parameters. */
  optimizer = slot(Optimizer, 'Adam');
  /** Learning rate. */
  learningRate = value(1e-3, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Learning rate schedule. */
  schedule = slot(LearningRateSchedule, 'Constant');
  /** Maximum global norm of the gradients; no clipping if not set. */
  clipNorm = optional('number', { above: 0, role: 'hyperparameter' });
  /** Decay of the exponential moving average of the weights, used for evaluation and sampling, e.g. 0.9999; 0 disables it. */
  ema = value(0, { min: 0, below: 1, role: 'hyperparameter' });
}

/**
 * An experiment that trains one model on batches of images with one optimizer. A subclass defines the inputs of a step and the loss.
 */
export abstract class ImageExperiment<Inputs extends tf.Tensor[]> extends Experiment {
  static override readonly goals: Goals = { loss: 'min' };
  private readonly model: Module;
  private readonly optimizer: Optimizer;
  private readonly schedule: LearningRateSchedule;
  private batches: Batches | undefined;
  private trainingStep: TrainingStep<Inputs> | undefined;
  private lossScale: LossScale | undefined;
  private average: ExponentialAverage | undefined;
  private isFrozenReported = false;

  constructor(
    protected override readonly settings: ImageExperimentSettings,
    run: Run,
  ) {
    super(settings, run);
    // Resolved here, so that incompatible settings are reported before any data is opened.
    ({ model: this.model, optimizer: this.optimizer, schedule: this.schedule } = settings);
    checkMicroBatches(settings);
    checkBatchFits(settings, run.workers?.count);
    for (const augmentation of settings.augmentations) augmentation.check(settings.dataset);
  }

  /** Inputs of a step for a batch; the caller disposes. */
  protected abstract inputsOf(batch: ImageBatch): Inputs;

  /** The loss to minimize. @param inputs borrowed @returns a float32 scalar; the caller disposes */
  protected abstract loss(inputs: Inputs, random: Random): tf.Scalar;

  /** Images to train on; the whole dataset by default. */
  protected get trainingSet(): ImageDataset {
    return this.settings.dataset;
  }

  async open(): Promise<void> {
    const { trainingSet } = this;
    await trainingSet.open();
    await this.run.workers?.checkImages(trainingSet.count);
    const order = this.run.random.stream('order');
    const permutation = (epoch: number) => order.at(epoch).permutation(trainingSet.count);
    const { batchSize, microBatches } = this.settings;
    const { workers } = this.run;
    const share = workers && { index: workers.index, count: workers.count, parts: microBatches };
    this.batches = new Batches(trainingSet, { batchSize, permutation, share });
  }

  override fingerprint(): Fingerprint {
    return this.settings.dataset.fingerprint();
  }

  init(): void {
    const { engine, random } = this.run;
    const { model, optimizer } = this;
    model.initialize(random.stream('model'));
    const { clipNorm, microBatches, ema, precision } = this.settings;
    this.lossScale = precision === 'float16' ? new LossScale() : undefined;
    const parameters = [...model.parameters()].map(([, parameter]) => parameter);
    this.average = ema > 0 ? new ExponentialAverage(parameters, ema) : undefined;
    this.trainingStep = new TrainingStep({
      engine,
      model,
      optimizer,
      loss: (inputs: Inputs, at) => this.loss(inputs, at),
      random: random.stream('train'),
      maxNorm: clipNorm,
      microBatches,
      lossScale: this.lossScale,
      average: this.average,
      workers: this.run.workers,
    });
  }

  /** Runs code with the averaged weights in the model, if there is an average. @param code must be synchronous */
  protected averaged<T>(code: () => T): T {
    return this.average ? this.average.withAverages(code) : code();
  }

  get parts(): CheckpointParts {
    const scale = this.lossScale ? [savedVariable(this.lossScale.variable)] : [];
    return {
      model: savedParameters(this.model.parameters()),
      optimizer: [...savedOptimizer(this.optimizer.variables), ...scale],
      ...(this.average ? { ema: savedAverage(this.average, this.model.parameters()) } : {}),
    };
  }

  override get inferenceParts(): readonly string[] {
    return [this.average ? 'ema' : 'model'];
  }

  override async restore(checkpoint: Checkpoint, names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    if (this.batches) checkBatches(checkpoint.manifest.position, this.batches);
    if (!names.includes('ema') || checkpoint.has('ema')) return super.restore(checkpoint, names);
    // The checkpoint of a run without an average.
    await super.restore(checkpoint, ['model', ...names.filter((name) => name !== 'ema' && name !== 'model')]);
    await this.average?.reset(this.run.engine);
    const message = 'The checkpoint has no average of the weights: the average restarts from the current weights.';
    this.run.monitor.log(message);
  }

  /** Frees the average's tensors. */
  dispose(): void {
    this.average?.dispose();
  }

  async train(): Promise<void> {
    const { batches, trainingStep } = this;
    if (!batches || !trainingStep) throw new Error('train was called before open and init');
    this.logIfFrozen();
    for await (const read of this.steps(batches)) {
      const batch = this.augment(read, batches.shards);
      const inputs = this.inputsOf(batch);
      const learningRate = this.learningRate(this.totalSteps(batches));
      const update = trainingStep.run(inputs, { step: this.step + 1, learningRate });
      const { loss, gradientNorm } = await update.catch((error: unknown) =>
        this.rethrowWithBatch(error, batch, inputs),
      );
      this.run.tracking.add('loss', loss);
      this.run.tracking.add('gradientNorm', gradientNorm);
      this.run.tracking.set('learningRate', learningRate);
      const { skipped } = this.settings.dataset;
      if (skipped) this.run.tracking.set('data/skipped', skipped);
      if (this.step === 0) this.run.tracking.graph(() => trainingStep.definition());
      tf.dispose(inputs);
    }
  }

  /** Frozen parameters may be intended, or a mistake that nothing else would reveal. */
  private logIfFrozen(): void {
    if (this.settings.learningRate > 0 || this.isFrozenReported) return;
    this.isFrozenReported = true;
    this.run.monitor.log('learningRate=0: the parameters do not change.');
  }

  /** Saves the batch of a divergence; with several workers, the chief's share. @throws the error, with the path of the saved batch */
  private async rethrowWithBatch(error: unknown, batch: ImageBatch, inputs: Inputs): Promise<never> {
    if (!(error instanceof Divergence) || !this.run.isChief) throw error;
    const { shape } = this.trainingSet;
    const { seed } = this.settings;
    throw error.with(
      await dumpFailedBatch(this.run.folder, error, {
        batch,
        shape,
        inputs,
        position: { ...this.positionInEpoch, seed },
      }),
    );
  }

  /** Augments a batch. Random numbers depend only on the step and the image's index in the whole batch. */
  private augment(batch: ImageBatch, shards: readonly ShardRange[]): ImageBatch {
    const { augmentations, dataset } = this.settings;
    if (augmentations.length === 0) return batch;
    return augmented(batch, dataset.shape, augmentations, this.run.random.stream('augment').at(this.step), shards);
  }

  /** Learning rate of the next step. */
  private learningRate(totalSteps: number): number {
    return this.settings.learningRate * factorOf(this.schedule, this.step, totalSteps);
  }
}

function checkMicroBatches({ batchSize, microBatches }: ImageExperimentSettings): void {
  if (batchSize % microBatches === 0) return;
  throw new UserError(`A batch of ${batchSize} cannot be split into ${microBatches} equal parts.`, {
    hints: [`Choose microBatches so that it divides batchSize=${batchSize}.`],
  });
}

/** @param workers number that share a batch @throws UserError if the images of a batch alone exceed this machine's memory */
function checkBatchFits({ batchSize, dataset: { shape } }: ImageExperimentSettings, workers = 1): void {
  const memory = totalmem();
  const share = Math.ceil(batchSize / workers);
  const bytes = Float32Array.BYTES_PER_ELEMENT * shape.reduce((product, size) => product * size, share);
  if (!(bytes > memory)) return;
  const available = `but this machine has ${gigabytes(memory)} of memory`;
  throw new UserError(`A batch of ${share} images of ${shape.join('×')} takes ${gigabytes(bytes)}, ${available}.`, {
    hints: ['Choose a smaller imageSize or batchSize.'],
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en-US', { maximumFractionDigits: 1 })} GB`;
}

/** A position within an epoch is only valid for one batch size. */
function checkBatches({ step, batch, batchesPerEpoch }: Position, { batchesPerEpoch: now }: Batches): void {
  if (batch === 0 || batchesPerEpoch === now) return;
  const message = `The checkpoint of step ${step} is in the middle of an epoch of ${batchesPerEpoch ?? 'other'} batches, but an epoch now has ${now}.`;
  throw new UserError(message, {
    hints: ['Keep batchSize and the data unchanged, or use a checkpoint at the end of an epoch.'],
  });
}
