import { inject } from 'inversify';
import {
  Batches,
  Classifier,
  Evaluation,
  Experiment,
  type Goals,
  type ImageBatch,
  type ImageDataset,
  ImageExperiment,
  ImageExperimentSettings,
  type Random,
  Run,
  type SavedFunctions,
  type Split,
  type Step,
  UserError,
  checkShape,
  crossEntropy,
  option,
  preset,
  slot,
  split,
  tf,
  toImages,
  value,
} from 'explab';

/** Settings of the experiment. */
export class ClassifySettings extends ImageExperimentSettings {
  /** Side of the square images, in pixels. */
  override imageSize = value(28, { integer: true, min: 8, unit: 'pixels', role: 'hyperparameter' });
  /** The network that tells the class of an image. */
  model = slot(Classifier, 'ConvNet', {
    imageChannels: () => this.dataset.shape[2],
    classes: () => classesOf(this.dataset),
  });
  /** The share of the images that the model is not trained on, but measured by after each epoch. */
  heldOut = value(0.2, { above: 0, below: 1 });
  /** How many times the images to train on are gone through. */
  override epochs = value(20, { integer: true, min: 1, role: 'hyperparameter' });
}

/** The embedded digits at the size that they have. */
export const digits = preset(ClassifySettings, { dataset: 'Digits' }, { imageSize: 8 });

/** A batch as a step has it: float32 [batch, height, width, channels] in [-1, 1] and int32 [batch]. */
type Inputs = [images: tf.Tensor4D, labels: tf.Tensor1D];

/** Trains a network to tell the class of an image, and measures how often it is right on images that it was not trained on. */
@option(Experiment, 'classify', ClassifySettings)
export class Classify extends ImageExperiment<Inputs> {
  static override readonly goals: Goals = { ...super.goals, 'valid/loss': 'min', 'valid/accuracy': 'max' };
  private readonly split: Split;
  private evaluation: Evaluation<Inputs, 'loss' | 'accuracy'> | undefined;

  /** @throws UserError where the dataset has no labels */
  constructor(
    @inject(ClassifySettings) protected override readonly settings: ClassifySettings,
    @inject(Run) run: Run,
  ) {
    super(settings, run);
    classesOf(settings.dataset);
    this.split = split(settings.dataset, settings.heldOut, run.random.stream('split'));
  }

  protected override get trainingSet(): ImageDataset {
    return this.split.training;
  }

  override async open(): Promise<void> {
    await this.split.heldOut.open();
    await super.open();
  }

  protected inputsOf({ pixels, labels = new Int32Array() }: ImageBatch): Inputs {
    return [toImages(pixels, this.settings.dataset.shape), tf.tensor1d(labels, 'int32')];
  }

  protected loss([images, labels]: Inputs, random: Random): tf.Scalar {
    return tf.tidy(() => crossEntropy(this.logits(images, random), labels).mean());
  }

  /** The mean loss, and the share of the held-out images whose class the model tells. */
  override async evaluate(): Promise<void> {
    this.evaluation ??= new Evaluation(this.run.engine, (inputs) => this.averaged(() => this.measure(inputs)));
    const { loss, accuracy } = await this.evaluation.run(this.heldOutInputs());
    const tracking = this.run.tracking.namespace('valid');
    tracking.add('loss', loss);
    tracking.add('accuracy', accuracy);
  }

  /** For other programs: the logarithms of the classes' probabilities, up to a number common to all, and what the class is told by. */
  override functions(count: number): SavedFunctions {
    const { dataset, model } = this.settings;
    const images = { shape: [count, ...dataset.shape], dtype: 'float32' } as const;
    const step: Step = (x) => [this.logits(x as tf.Tensor4D), ...featuresOf(model, x as tf.Tensor4D)];
    const outputs = model.features ? ['logits', 'features'] : ['logits'];
    return { serving_default: { inputs: { images }, outputs, step } };
  }

  /** @throws UserError where the model answers in another shape than [batch, classes] */
  private logits(images: tf.Tensor4D, random?: Random): tf.Tensor2D {
    const { model, dataset } = this.settings;
    return checkShape(model, 'logits', model.logits(images, random), [images.shape[0], classesOf(dataset)]);
  }

  private measure([images, labels]: Inputs) {
    const logits = this.logits(images);
    const right: tf.Tensor1D = tf.equal(tf.argMax<tf.Tensor1D>(logits, 1), labels);
    return { loss: crossEntropy(logits, labels), accuracy: tf.cast(right, 'float32') };
  }

  private async *heldOutInputs(): AsyncGenerator<Inputs> {
    const batches = new Batches(this.split.heldOut, { batchSize: this.settings.batchSize, partial: true });
    for await (const batch of this.run.monitor.iterate('Evaluate', batches.epoch(0), batches.batchesPerEpoch)) {
      this.run.stop.throwIfAsked();
      yield this.inputsOf(batch);
    }
  }
}

/** None where the network has no such numbers. */
function featuresOf(model: Classifier, images: tf.Tensor4D): tf.Tensor[] {
  return model.features ? [model.features(images)] : [];
}

function classesOf({ classes, constructor }: ImageDataset): number {
  if (classes !== undefined) return classes;
  throw new UserError(`${constructor.name} has no labels, and labels are what a classifier is trained by.`, {
    hints: ['Choose a dataset that has them, such as dataset=Digits; docs/datasets.md says which do.'],
  });
}
