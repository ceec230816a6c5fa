import { inject } from 'inversify';
import {
  Diffusion,
  Experiment,
  type ImageBatch,
  ImageExperiment,
  ImageExperimentSettings,
  type Images,
  NoisePredictor,
  QualityMeter,
  QualitySettings,
  Random,
  Run,
  Sampler,
  type SavedFunctions,
  type Stage,
  group,
  imageGrid,
  option,
  preset,
  slot,
  tf,
  toImages,
  toPixels,
  value,
} from 'explab';
import { Sampling, stageByNumber, wholeWay } from './sampling';

/** Settings of the experiment; the defaults are labml's. */
export class DiffuseSettings extends ImageExperimentSettings {
  /** T: how many diffusion steps. */
  steps = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** The diffusion process. */
  diffusion = slot(Diffusion, 'DenoiseDiffusion', { steps: () => this.steps });
  /** The network that tells the noise in an image. */
  model = slot(NoisePredictor, 'UNet', { imageChannels: () => this.dataset.shape[2] });
  /** The way from noise to images. */
  sampler = slot(Sampler, 'DDPM');
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

/**
 * Trains a diffusion model and draws images by it.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239, with the settings of labml's annotated implementation
 * (`labml_nn/diffusion/ddpm/experiment.py`). Departures are listed in docs/diffusion.md.
 */
@option(Experiment, 'diffuse', DiffuseSettings)
export class Diffuse extends ImageExperiment<[x0: tf.Tensor4D]> {
  override readonly quality: QualityMeter;
  private readonly diffusion: Diffusion;
  private readonly stages: readonly Stage[];
  private sampling: Sampling | undefined;

  constructor(
    @inject(DiffuseSettings) protected override readonly settings: DiffuseSettings,
    @inject(Run) run: Run,
  ) {
    super(settings, run);
    this.diffusion = settings.diffusion;
    this.quality = new QualityMeter(settings.quality, () => settings.dataset, run);
    // Made here, so that more steps than there are are told of before any data is looked for.
    this.stages = settings.sampler.stages(this.diffusion.alphaBar);
  }

  protected inputsOf({ pixels }: ImageBatch): [x0: tf.Tensor4D] {
    return [toImages(pixels, this.settings.dataset.shape)];
  }

  protected loss([x0]: [x0: tf.Tensor4D], random: Random): tf.Scalar {
    return this.diffusion.loss(this.settings.model, x0, random);
  }

  override async open(): Promise<void> {
    await super.open();
    if (this.settings.quality.every !== undefined) await this.quality.openForTraining();
  }

  override async evaluate(): Promise<void> {
    const { every } = this.settings.quality;
    if (every === undefined || (this.epoch % every !== 0 && !this.isOver())) return;
    await this.quality.track((count, seed) => this.draw(count, seed));
  }

  override async sample(): Promise<void> {
    const { samples, sampleEvery } = this.settings;
    if (this.epoch % sampleEvery !== 0 && !this.isOver()) return;
    const drawn = await this.generate(samples, this.run.random.stream('sample').stream(String(this.step)));
    await this.run.picture(this.step, 'samples', await imageGrid(drawn.pixels, drawn.shape));
  }

  override draw(count: number, seed: number): Promise<Images> {
    return this.generate(count, Random.fromSeed(seed).stream('sample'));
  }

  /**
   * For other programs: `sample`, from noise to images by a key that names the noise, and one stage of it by its number, with what the
   * stage before kept.
   */
  override functions(count: number): SavedFunctions {
    const { dataset, model } = this.settings;
    const images = { shape: [count, ...dataset.shape], dtype: 'float32' } as const;
    const whole = { shape: [], dtype: 'int32' } as const;
    const { diffusion, stages } = this;
    const parts = { model, diffusion, around: <T>(code: () => T): T => this.averaged(code) };
    return {
      serving_default: {
        inputs: { x: images, kept: images, stage: whole, key: whole },
        outputs: ['x', 'kept'],
        step: stageByNumber(parts, stages),
      },
      sample: { inputs: { x: images, key: whole }, outputs: ['x'], step: wholeWay(parts, stages) },
    };
  }

  /** From noise to images, by the sampler's stages. */
  private async generate(count: number, random: Random): Promise<Images> {
    const { stages, diffusion, run } = this;
    const { dataset, model } = this.settings;
    const { shape } = dataset;
    const { engine, monitor } = run;
    this.sampling ??= new Sampling({ engine, model, diffusion, around: (code) => this.averaged(code) });
    // x_T ~ N(0, I)
    let state = this.sampling.begin(random.stream('xT').normal<tf.Rank.R4>([count, ...shape]));
    let left = stages.length;
    for await (const stage of monitor.iterate('Sample', stages, stages.length)) {
      state = await this.sampling.step(state, stage, --left, random.stream('z'));
    }
    const pixels = await toPixels(state.x);
    tf.dispose([state.x, state.kept]);
    return { pixels, shape };
  }
}
