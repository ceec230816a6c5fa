import {
  checkShape,
  crossEntropy,
  type Dataset,
  Experiment,
  type Goals,
  option,
  preset,
  type Random,
  Run,
  type SavedFunctions,
  slot,
  type Split,
  split,
  type Step,
  tf,
  UserError,
  value,
} from 'explab';
import {
  Classifier,
  type ImageBatch,
  type ImageDataset,
  ImageExperiment,
  ImageExperimentSettings,
  toImages,
} from 'explab/images';

/** Settings of `classify`. */
export class ClassifySettings extends ImageExperimentSettings {
  /** Side of the square images, in pixels. */
  override imageSize = value(28, { integer: true, min: 8, unit: 'pixels', role: 'hyperparameter' });
  /** Network that classifies images. */
  model = slot(Classifier, 'ConvNet', {
    imageChannels: () => this.dataset.shape[2],
    classes: () => classesOf(this.dataset),
  });
  /** Fraction of the images held out from training for evaluation after each epoch. */
  heldOut = value(0.2, { above: 0, below: 1 });
  /** Number of passes over the training images. */
  override epochs = value(20, { integer: true, min: 1, role: 'hyperparameter' });
}

/** Embedded digits at their native size. */
export const digits = preset(ClassifySettings, { dataset: 'Digits' }, { imageSize: 8 });

/** Inputs of a step: float32 [batch, height, width, channels] in [-1, 1] and int32 [batch]. */
type Inputs = [images: tf.Tensor4D, labels: tf.Tensor1D];

/** Image classifier: training, and evaluation on held-out images. */
@option(Experiment, 'classify', ClassifySettings, Run)
export class Classify extends ImageExperiment<Inputs> {
  static override readonly goals: Goals = { ...super.goals, 'valid/loss': 'min', 'valid/accuracy': 'max' };
  private readonly split: Split<ImageBatch>;

  /** @throws UserError if the dataset has no labels */
  constructor(
    protected override readonly settings: ClassifySettings,
    run: Run,
  ) {
    super(settings, run);
    classesOf(settings.dataset);
    this.split = split(settings.dataset, settings.heldOut, run.random.stream('split'));
  }

  protected override get trainingSet(): Dataset<ImageBatch> {
    return this.split.training;
  }

  protected override inputsOf({ pixels, labels = new Int32Array() }: ImageBatch): Inputs {
    return [toImages(pixels, this.settings.dataset.shape), tf.tensor1d(labels, 'int32')];
  }

  protected loss([images, labels]: Inputs, random: Random): tf.Scalar {
    return tf.tidy(() => crossEntropy(this.logits(images, random), labels).mean());
  }

  /** Measures mean loss and accuracy on the held-out images. */
  override async evaluate(): Promise<void> {
    await this.validate(this.split.heldOut, (inputs) => this.measure(inputs));
  }

  /** Functions for export: logits, and the features before the last layer if the model has them. */
  override functions(count: number): SavedFunctions {
    const { dataset, model } = this.settings;
    const images = { shape: [count, ...dataset.shape], dtype: 'float32' } as const;
    const step: Step = (x) => [this.logits(x as tf.Tensor4D), ...featuresOf(model, x as tf.Tensor4D)];
    const outputs = model.features ? ['logits', 'features'] : ['logits'];
    return { serving_default: { inputs: { images }, outputs, step } };
  }

  /** @throws UserError if the model's output is not [batch, classes] */
  private logits(images: tf.Tensor4D, random?: Random): tf.Tensor2D {
    const { model, dataset } = this.settings;
    return checkShape(model, 'logits', model.logits(images, random), [images.shape[0], classesOf(dataset)]);
  }

  private measure([images, labels]: Inputs) {
    const logits = this.logits(images);
    const isCorrect: tf.Tensor1D = tf.equal(tf.argMax<tf.Tensor1D>(logits, 1), labels);
    return { loss: crossEntropy(logits, labels), accuracy: tf.cast(isCorrect, 'float32') };
  }
}

/** Features of the images; empty if the network has none. */
function featuresOf(model: Classifier, images: tf.Tensor4D): tf.Tensor[] {
  return model.features ? [model.features(images)] : [];
}

function classesOf({ classes, constructor }: ImageDataset): number {
  if (classes !== undefined) return classes;
  throw new UserError(`A classifier needs class labels, but ${constructor.name} has none.`, {
    hints: ['Choose a dataset with labels, such as dataset=Digits; docs/datasets.md lists them.'],
  });
}
