import { inject } from 'inversify';
import {
  DatasetExperiment,
  type Evaluator,
  Experiment,
  ExperimentSettings,
  type Goals,
  type Learner,
  LearnerSettings,
  Optimizer,
  Random,
  Run,
  type SamplingOptions,
  type SavedFunctions,
  type Step,
  type TrackedStep,
  group,
  option,
  preset,
  slot,
  tf,
  value,
} from 'explab';
import {
  GeneratorHooks,
  IMAGE_FORMAT,
  type ImageBatch,
  ImageDataset,
  type ImageGenerator,
  type Images,
  LatentSampler,
  QualityMeter,
  QualitySettings,
  toImages,
} from 'explab/images';
import { discriminatorLoss, generatorLoss, gradientPenalty } from './losses';
import { Discriminator, Generator } from './networks';

export { MLPDiscriminator, MLPGenerator } from './networks';

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

/** Inputs of a step: float32 [batch, height, width, channels] in [-1, 1]. */
type Inputs = Readonly<{ real: tf.Tensor4D }>;

/**
 * Generative adversarial network on images: with the Wasserstein loss and gradient penalty of Gulrajani et al. 2017, arXiv:1704.00028, or
 * the non-saturating loss of Goodfellow et al. 2014, arXiv:1406.2661.
 */
@option(Experiment, 'gan', GANSettings)
export class GAN extends DatasetExperiment<ImageBatch> implements ImageGenerator {
  static override readonly goals: Goals = {
    'generator/loss': 'min',
    'discriminator/loss': 'min',
    ...QualityMeter.goals,
  };
  override readonly sampleFormat = IMAGE_FORMAT;
  private readonly hooks: GeneratorHooks;
  private readonly networks: { readonly generator: Generator; readonly discriminator: Discriminator };
  private generator: Learner | undefined;
  private updates: readonly TrackedStep<Inputs>[] = [];
  private sampler: LatentSampler | undefined;

  constructor(
    @inject(GANSettings) protected override readonly settings: GANSettings,
    @inject(Run) run: Run,
  ) {
    super(settings, run);
    const { generator, discriminator } = settings;
    this.networks = { generator, discriminator };
    this.hooks = new GeneratorHooks(this, settings, run);
  }

  protected get trainingSet(): ImageDataset {
    return this.settings.dataset;
  }

  override async open(): Promise<void> {
    await super.open();
    await this.hooks.open();
  }

  init(): void {
    const { generatorTraining, discriminatorTraining, discriminatorSteps: every, loss, penalty } = this.settings;
    const generator = this.createLearner(this.networks.generator, generatorTraining, 'generator');
    const discriminator = this.createLearner(this.networks.discriminator, discriminatorTraining, 'discriminator');
    const score = (images: tf.Tensor4D) => this.networks.discriminator.score(images);
    this.generator = generator;
    this.updates = [
      this.compile<Inputs>(
        ({ real }, { random, minimize }) => {
          const fake = this.generate(real.shape[0], random);
          minimize(discriminator, () => {
            const value = discriminatorLoss(loss, score(real), score(fake));
            return penalty === 0 ? value : tf.add(value, tf.mul(penalty, gradientPenalty(score, real, fake, random)));
          });
          return undefined;
        },
        { name: 'discriminator', learners: [discriminator] },
      ),
      this.compile<Inputs>(
        ({ real }, { random, minimize }) => {
          minimize(generator, () => generatorLoss(loss, score(this.generate(real.shape[0], random))));
          return undefined;
        },
        { name: 'generator', learners: [generator], every },
      ),
    ];
  }

  override async trainStep(batch: ImageBatch): Promise<void> {
    await this.runSteps(this.updates, { real: toImages(batch.pixels, this.settings.dataset.shape) }, batch);
  }

  override evaluate(): Promise<void> {
    return this.hooks.evaluate();
  }

  override get evaluator(): Evaluator {
    return this.hooks.evaluator;
  }

  /** The same latent vectors every time, so that one sees the images change. */
  override preview(): Promise<void> {
    return this.hooks.preview((indices) => this.sample({ seed: this.settings.seed, indices }));
  }

  override sample({ seed, indices, batch = this.settings.batchSize }: SamplingOptions): AsyncIterable<Images> {
    const { latent, dataset } = this.settings;
    const { engine } = this.run;
    this.sampler ??= new LatentSampler({ engine, latent, shape: dataset.shape, generate: (z) => this.averaged(z) });
    return this.sampler.sample(indices, Random.fromSeed(seed).stream('sample'), batch);
  }

  /** Function for export: from normal latent vectors to images in [-1, 1]. */
  override functions(count: number): SavedFunctions {
    const z = { shape: [count, this.settings.latent], dtype: 'float32' } as const;
    const step: Step = (z) => [this.averaged(z as tf.Tensor2D)];
    return { serving_default: { inputs: { z }, outputs: ['images'], step } };
  }

  /** Images of the generator with its averaged weights, if it has an average. */
  private averaged(z: tf.Tensor2D): tf.Tensor4D {
    const generate = () => this.networks.generator.generate(z);
    return this.generator ? this.generator.averaged(generate) : generate();
  }

  private generate(count: number, random: Random): tf.Tensor4D {
    return this.networks.generator.generate(random.stream('z').normal([count, this.settings.latent]));
  }
}
