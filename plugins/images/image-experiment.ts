import { totalmem } from 'node:os';
import {
  type BatchReport,
  type Dataset,
  type Fingerprint,
  type Run,
  slot,
  slots,
  type tf,
  Trained,
  TrainedSettings,
  UserError,
  value,
} from 'explab';
import { augmented } from './data/augmented';
import { Augmentation } from './kinds/augmentation';
import { type ImageBatch, ImageDataset } from './kinds/image-dataset';
import { imageGrid } from './render/image-grid';
import { IMAGE_FORMAT } from './sampling/image-format';

/** Settings shared by experiments that train a model on images. */
export abstract class ImageExperimentSettings extends TrainedSettings {
  /** Dataset to train on. */
  dataset = slot(ImageDataset, 'Digits', { imageSize: () => this.imageSize });
  /** Side length of the square images, in pixels. */
  imageSize = value(32, { integer: true, min: 8, unit: 'pixels', role: 'hyperparameter' });
  /** Augmentations of the training images, applied in order. */
  augmentations = slots(Augmentation, [], { role: 'hyperparameter' });
  /** Number of images per step. */
  override batchSize = value(64, { integer: true, min: 1, unit: 'images', role: 'hyperparameter' });
}

/** An experiment that trains one model on images, which may be augmented. */
export abstract class ImageExperiment<Inputs extends tf.Tensor[]> extends Trained<ImageBatch, Inputs> {
  override readonly sampleFormat = IMAGE_FORMAT;

  constructor(
    protected override readonly settings: ImageExperimentSettings,
    run: Run,
  ) {
    super(settings, run);
    checkBatchFits(settings, run.workers?.count);
    for (const augmentation of settings.augmentations) augmentation.check(settings.dataset);
  }

  /** Images to train on; the whole dataset by default. */
  protected get trainingSet(): Dataset<ImageBatch> {
    return this.settings.dataset;
  }

  override fingerprint(): Fingerprint {
    return this.settings.dataset.fingerprint();
  }

  override trainStep(batch: ImageBatch): Promise<void> {
    return super.trainStep(this.augment(batch));
  }

  override async describeBatch({ pixels, labels }: ImageBatch): Promise<BatchReport> {
    const { content: png } = await imageGrid(pixels, this.settings.dataset.shape);
    return { files: { 'batch.png': png }, fields: labels ? { labels: [...labels] } : {} };
  }

  /** Augments a batch. Random numbers depend only on the step and the image's index in the whole batch. */
  private augment(batch: ImageBatch): ImageBatch {
    const { augmentations, dataset } = this.settings;
    if (augmentations.length === 0) return batch;
    const random = this.run.random.stream('augment').at(this.step);
    return augmented(batch, dataset.shape, augmentations, random, this.source?.shards);
  }
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
