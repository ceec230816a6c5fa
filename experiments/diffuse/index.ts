import { inject } from 'inversify';
import {
  Diffusion,
  type Drawing,
  Experiment,
  type ImageBatch,
  ImageExperiment,
  ImageExperimentSettings,
  type Images,
  type Interpolation,
  NoisePredictor,
  type Pair,
  QualityMeter,
  QualitySettings,
  Random,
  Run,
  Sampler,
  type SavedFunctions,
  type Stage,
  type Watch,
  firstImages,
  group,
  imageGrid,
  joined,
  option,
  optional,
  preset,
  readSources,
  slot,
  tf,
  toImages,
  value,
} from 'explab';
import { checkClasses, classesOf, labelsOf } from './classes';
import { Drawer } from './drawing';
import { asked, withSomeDropped } from './guidance';
import { checkTime, interpolate } from './interpolation';
import { Sampling, stageByNumber, wholeWay } from './sampling';

/** Settings of the experiment; the defaults are labml's. */
export class DiffuseSettings extends ImageExperimentSettings {
  /** T: how many diffusion steps. */
  steps = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** The diffusion process. */
  diffusion = slot(Diffusion, 'DenoiseDiffusion', { steps: () => this.steps });
  /** The network that tells the noise in an image. */
  model = slot(NoisePredictor, 'UNet', {
    imageChannels: () => this.dataset.shape[2],
    classes: () => (this.conditional ? classesOf(this.dataset) : undefined),
  });
  /** Whether the network is told the class of each image, so that images of a class can be drawn. */
  conditional = value(false, { role: 'hyperparameter' });
  /** How often it is told no class while training, which guidance needs. */
  classDropout = value(0.1, { min: 0, max: 1, role: 'hyperparameter' });
  /** The way from noise to images. */
  sampler = slot(Sampler, 'DDPM');
  /** How strongly images are drawn to their class: 1 as the network was trained, 0 not at all; 2 to 4 for clear ones. */
  guidance = value(1, { min: 0, role: 'meta' });
  /** The class of the images that are drawn; all in turn where it is left out. */
  class = optional('number', { integer: true, min: 0, role: 'meta' });
  /** How far an update goes. */
  override learningRate = value(2e-5, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Decay of the moving average of the weights, which images are drawn with; with 0 there is none. */
  override ema = value(0.9999, { min: 0, max: 1, role: 'hyperparameter' });
  /** How many images are drawn to look at. */
  samples = value(16, { integer: true, min: 1, unit: 'images', role: 'meta', dynamic: true });
  /** Epochs between two drawings. */
  sampleEvery = value(1, { integer: true, min: 1, unit: 'epochs', role: 'meta', dynamic: true });
  /** How good the drawn images are is measured so; while training only where it is asked for. */
  quality = group(QualitySettings);
}

/** The embedded digits, on a network that two cores train in minutes. */
export const digits = preset(
  DiffuseSettings,
  { dataset: 'Digits' },
  {
    imageSize: 8,
    'model.channels': 32,
    'model.multipliers': [1, 2],
    'model.attention': [false, true],
    'model.blocks': 1,
    'model.dropout': 0,
    learningRate: 1e-3,
    epochs: 160,
    sampleEvery: 40,
    'quality.features': 'DigitClassifier',
  },
);

/** The same by a name. The curves of such names are in recipes/. */
export const digitsRecipe = preset(DiffuseSettings, 'digits', { dataset: 'Digits' });

/** MNIST at its own size. */
export const mnist = preset(DiffuseSettings, 'mnist', {
  dataset: 'MNIST',
  imageSize: 28,
  'model.channels': 64,
  'model.multipliers': [1, 2, 2],
  'model.attention': [false, false, true],
  'model.blocks': 2,
  'model.dropout': 0.1,
  batchSize: 128,
  learningRate: 2e-4,
  epochs: 50,
  sampleEvery: 5,
});

/** The paper's network on faces. */
export const celeba = preset(DiffuseSettings, 'celeba', {
  dataset: 'CelebA',
  imageSize: 32,
  'model.channels': 64,
  'model.multipliers': [1, 2, 2, 4],
  'model.attention': [false, false, false, true],
  'model.blocks': 2,
  'model.dropout': 0.1,
  learningRate: 2e-5,
  epochs: 1000,
  sampleEvery: 1,
});

/** The settings of the paper's network, whatever the dataset. */
export const paper = preset(DiffuseSettings, 'paper', {
  imageSize: 32,
  'model.channels': 64,
  'model.multipliers': [1, 2, 2, 4],
  'model.attention': [false, false, false, true],
  'model.blocks': 2,
  'model.dropout': 0.1,
  learningRate: 2e-5,
  epochs: 1000,
  sampleEvery: 1,
});

/** Everything once, in seconds: to see that it works. */
export const smoke = preset(DiffuseSettings, 'smoke', {
  imageSize: 8,
  steps: 4,
  'model.multipliers': [1],
  'model.attention': [false],
  'model.blocks': 1,
  batchSize: 8,
  samples: 4,
  maxSteps: 2,
});

/** A batch as a step has it: float32 [batch, height, width, channels] in [-1, 1], and int32 [batch] where the network is told classes. */
type Inputs = [x0: tf.Tensor4D, ...labels: tf.Tensor1D[]];

/**
 * Trains a diffusion model and draws images by it.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239, with the settings of labml's annotated implementation
 * (`labml_nn/diffusion/ddpm/experiment.py`). Departures are listed in docs/diffusion.md.
 */
@option(Experiment, 'diffuse', DiffuseSettings)
export class Diffuse extends ImageExperiment<Inputs> {
  override readonly quality: QualityMeter;
  private readonly diffusion: Diffusion;
  private readonly stages: readonly Stage[];
  private made: Drawer | undefined;

  constructor(
    @inject(DiffuseSettings) protected override readonly settings: DiffuseSettings,
    @inject(Run) run: Run,
  ) {
    super(settings, run);
    this.diffusion = settings.diffusion;
    this.quality = new QualityMeter(settings.quality, () => settings.dataset, run);
    // Made here, so that more steps than there are are told of before any data is looked for.
    this.stages = settings.sampler.stages(this.diffusion.alphaBar);
    checkClasses(settings);
  }

  protected inputsOf({ pixels, labels = new Int32Array() }: ImageBatch): Inputs {
    const { conditional, dataset } = this.settings;
    const x0 = toImages(pixels, dataset.shape);
    return conditional ? [x0, tf.tensor1d(labels, 'int32')] : [x0];
  }

  protected loss([x0, labels]: Inputs, random: Random): tf.Scalar {
    const { model, classDropout } = this.settings;
    return tf.tidy(() => {
      const told = labels && withSomeDropped(labels, model.classes ?? 0, classDropout, random.stream('classes'));
      return this.diffusion.loss(asked(model, told), x0, random);
    });
  }

  override async open(): Promise<void> {
    await super.open();
    if (this.settings.quality.every !== undefined && this.run.isChief) await this.quality.openForTraining();
  }

  override async evaluate(): Promise<void> {
    const { every } = this.settings.quality;
    if (every === undefined || (this.epoch % every !== 0 && !this.isOver())) return;
    await this.quality.track((drawing) => this.draw(drawing));
  }

  override async sample(): Promise<void> {
    const { samples, sampleEvery } = this.settings;
    if (this.epoch % sampleEvery !== 0 && !this.isOver()) return;
    const random = this.run.random.stream('sample').stream(String(this.step));
    const parts: Images[] = [];
    for await (const part of this.drawer.draw(this.stages, firstImages(samples), random)) parts.push(part);
    const { pixels, shape } = joined(parts);
    await this.run.picture(this.step, 'samples', await imageGrid(pixels, shape));
  }

  override draw({ seed, images, batch }: Drawing): AsyncIterable<Images> {
    return this.drawer.draw(this.stages, images, Random.fromSeed(seed).stream('sample'), batch);
  }

  override watch({ seed, images, batch }: Drawing, watch: Watch): Promise<Images[]> {
    return this.drawer.watch(this.stages, images, Random.fromSeed(seed).stream('sample'), watch, batch);
  }

  override async interpolate(pairs: readonly Pair[], interpolation: Interpolation): Promise<Images[]> {
    const { sampler, dataset } = this.settings;
    const { alphaBar } = this.diffusion;
    const t = checkTime(interpolation.t, alphaBar.length);
    // The way from x_t on is that of a process which ends there.
    const stages = sampler.stages(alphaBar.subarray(0, t + 1));
    const sources = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)];
    const pixels = await readSources(dataset, sources);
    return interpolate(this.drawer, { pixels, shape: dataset.shape }, interpolation, {
      stages,
      alphaBar: alphaBar[t] ?? NaN,
    });
  }

  /**
   * For other programs: `sample`, from noise to images by a key that names the noise, and one stage of it by its number, with what the
   * stage before kept. Where the network is told classes, so are both, and how strongly they guide.
   */
  override functions(count: number): SavedFunctions {
    const { dataset, model, conditional } = this.settings;
    const images = { shape: [count, ...dataset.shape], dtype: 'float32' } as const;
    const whole = { shape: [], dtype: 'int32' } as const;
    const labels = { shape: [count], dtype: 'int32' } as const;
    const classes = conditional ? { labels, guidance: { shape: [], dtype: 'float32' } as const } : {};
    const { diffusion, stages } = this;
    const parts = { model, diffusion, around: <T>(code: () => T): T => this.averaged(code) };
    return {
      serving_default: {
        inputs: { x: images, kept: images, stage: whole, key: whole, ...classes },
        outputs: ['x', 'kept'],
        step: stageByNumber(parts, stages),
      },
      sample: { inputs: { x: images, key: whole, ...classes }, outputs: ['x'], step: wholeWay(parts, stages) },
    };
  }

  /** What draws; its program is made when something is drawn first. */
  private get drawer(): Drawer {
    const { diffusion, run } = this;
    const { dataset, model, batchSize, guidance } = this.settings;
    const { engine, monitor } = run;
    const around = <T>(code: () => T): T => this.averaged(code);
    this.made ??= new Drawer({
      sampling: new Sampling({ engine, model, diffusion, guidance, around }),
      shape: dataset.shape,
      batch: batchSize,
      labelsOf: (images) => this.labelsFor(images),
      monitor,
    });
    return this.made;
  }

  /** The classes of images that are to be drawn, by their numbers; nothing where the network is told none. */
  private labelsFor(images: readonly number[]): number[] | undefined {
    const { conditional, dataset, class: only } = this.settings;
    return conditional ? labelsOf(images, classesOf(dataset), only) : undefined;
  }
}
