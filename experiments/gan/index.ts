import {
  DatasetExperiment,
  type Evaluator,
  Experiment,
  type Goals,
  type Learner,
  Random,
  Run,
  type SamplingOptions,
  type SavedFunctions,
  type Step,
  type TrackedStep,
  option,
  tf,
} from 'explab';
import type { ImageDataset } from 'explab/images';
import {
  GeneratorHooks,
  IMAGE_FORMAT,
  type ImageBatch,
  type ImageGenerator,
  type Images,
  LatentSampler,
  QualityMeter,
  toImages,
} from 'explab/images';
import { discriminatorLoss, generatorLoss, gradientPenalty } from './losses';
import { GANSettings } from './settings';

export { MLPDiscriminator, MLPGenerator } from './networks';
export { digits } from './settings';

/** Inputs of a step: float32 [batch, height, width, channels] in [-1, 1]. */
type Inputs = Readonly<{ real: tf.Tensor4D }>;

/**
 * Generative adversarial network on images: with the Wasserstein loss and gradient penalty of Gulrajani et al. 2017, arXiv:1704.00028, or
 * the non-saturating loss of Goodfellow et al. 2014, arXiv:1406.2661.
 */
@option(Experiment, 'gan', GANSettings, Run)
export class GAN extends DatasetExperiment<ImageBatch> implements ImageGenerator {
  static override readonly goals: Goals = {
    'generator/loss': 'min',
    'discriminator/loss': 'min',
    ...QualityMeter.goals,
  };
  override readonly sampleFormat = IMAGE_FORMAT;
  private readonly hooks: GeneratorHooks;
  private generator: Learner | undefined;
  private updates: readonly TrackedStep<Inputs>[] = [];
  private sampler: LatentSampler | undefined;

  constructor(
    protected override readonly settings: GANSettings,
    run: Run,
  ) {
    super(settings, run);
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
    const generator = this.createLearner(this.settings.generator, generatorTraining, 'generator');
    const discriminator = this.createLearner(this.settings.discriminator, discriminatorTraining, 'discriminator');
    const score = (images: tf.Tensor4D) => this.settings.discriminator.score(images);
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
    const generate = () => this.settings.generator.generate(z);
    return this.generator ? this.generator.averaged(generate) : generate();
  }

  private generate(count: number, random: Random): tf.Tensor4D {
    return this.settings.generator.generate(random.stream('z').normal([count, this.settings.latent]));
  }
}
