import { inject } from 'inversify';
import {
  Batches,
  type CheckpointParts,
  Diffusion,
  Experiment,
  ExperimentSettings,
  ImageDataset,
  type Images,
  NoisePredictor,
  Optimizer,
  Random,
  Run,
  TrainingStep,
  imageGrid,
  option,
  optional,
  preset,
  savedOptimizer,
  savedParameters,
  slot,
  tf,
  value,
} from 'explab';
import { Sampler } from './sampler';

/** Settings of the experiment; the defaults are labml's. */
export class DiffuseSettings extends ExperimentSettings {
  /** Where the images come from. */
  dataset = slot(ImageDataset, 'Digits', { imageSize: () => this.imageSize });
  /** Side of the square images, in pixels. */
  imageSize = value(32, { integer: true, min: 8 });
  /** T: how many diffusion steps. */
  steps = value(1000, { integer: true, min: 1 });
  /** The diffusion process. */
  diffusion = slot(Diffusion, 'DenoiseDiffusion', { steps: () => this.steps });
  /** The network that tells the noise in an image. */
  model = slot(NoisePredictor, 'UNet', { imageChannels: () => this.dataset.shape[2] });
  /** Images in a batch. */
  batchSize = value(64, { integer: true, min: 1 });
  /** What changes the parameters. */
  optimizer = slot(Optimizer, 'Adam');
  /** How far an update goes. */
  learningRate = value(2e-5, { min: 0 });
  /** The gradients are scaled down together to this norm at most; not at all where it is left out. */
  clipNorm = optional('number', { min: 0 });
  /** How many images are drawn to look at. */
  samples = value(16, { integer: true, min: 1 });
  /** Epochs between two drawings. */
  sampleEvery = value(1, { integer: true, min: 1 });
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
  },
);

/**
 * Trains a diffusion model and draws images by it.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239, with the settings of labml's annotated implementation
 * (`labml_nn/diffusion/ddpm/experiment.py`). Departures are listed in docs/diffusion.md.
 */
@option(Experiment, 'diffuse', DiffuseSettings)
export class Diffuse extends Experiment {
  private readonly dataset: ImageDataset;
  private readonly model: NoisePredictor;
  private readonly diffusion: Diffusion;
  private readonly optimizer: Optimizer;
  private batches: Batches | undefined;
  private sampler: Sampler | undefined;
  private trainingStep: TrainingStep<tf.Tensor4D> | undefined;

  constructor(
    @inject(DiffuseSettings) protected override readonly settings: DiffuseSettings,
    @inject(Run) run: Run,
  ) {
    super(settings, run);
    ({ dataset: this.dataset, model: this.model, diffusion: this.diffusion, optimizer: this.optimizer } = settings);
  }

  async open(): Promise<void> {
    await this.dataset.open();
    const { batchSize } = this.settings;
    const order = this.run.random.stream('order');
    const permutation = (epoch: number) => order.at(epoch).permutation(this.dataset.count);
    this.batches = new Batches(this.dataset, { batchSize, permutation });
  }

  init(): void {
    this.model.initialize(this.run.random.stream('model'));
    const loss = (x0: tf.Tensor4D, random: Random) => this.diffusion.loss(this.model, x0, random);
    const random = this.run.random.stream('train');
    const { clipNorm } = this.settings;
    this.trainingStep = new TrainingStep(this.run.engine, this.model, this.optimizer, loss, random, clipNorm);
  }

  get parts(): CheckpointParts {
    return { model: savedParameters(this.model.parameters()), optimizer: savedOptimizer(this.optimizer.variables) };
  }

  async train(): Promise<void> {
    if (!this.batches || !this.trainingStep) throw new Error('train was called before open and init');
    for await (const { pixels } of this.steps(this.batches)) {
      const x0 = toImages(pixels, this.dataset.shape);
      const loss = await this.trainingStep.run(x0, { step: this.step + 1, learningRate: this.settings.learningRate });
      x0.dispose();
      this.run.tracking.add('loss', loss);
    }
  }

  async sample(): Promise<void> {
    const { samples, sampleEvery } = this.settings;
    if (this.epoch % sampleEvery !== 0 && !this.isOver()) return;
    const drawn = await this.generate(samples, this.run.random.stream('sample').stream(String(this.step)));
    await this.run.picture(this.step, 'samples', await imageGrid(drawn.pixels, drawn.shape));
  }

  override draw(count: number, seed: number): Promise<Images> {
    return this.generate(count, Random.fromSeed(seed).stream('sample'));
  }

  /** Algorithm 2: from noise to images. */
  private async generate(count: number, random: Random): Promise<Images> {
    const { shape } = this.dataset;
    const { steps } = this.diffusion;
    this.sampler ??= new Sampler(this.run.engine, this.model, this.diffusion);
    // x_T ~ N(0, I)
    let x = random.stream('xT').normal<tf.Rank.R4>([count, ...shape]);
    const times = Array.from({ length: steps }, (_, index) => steps - 1 - index);
    for await (const t of this.run.monitor.iterate('Sample', times, steps)) {
      // x_{t-1} ~ p_θ(x_{t-1} | x_t)
      x = await this.sampler.step(x, t, random.stream('z'));
    }
    const pixels = await toPixels(x);
    x.dispose();
    return { pixels, shape };
  }
}

/** Bytes in [0, 255] as float32 [n, height, width, channels] in [-1, 1]; the caller disposes. */
function toImages(pixels: Uint8Array, [height, width, channels]: ImageDataset['shape']): tf.Tensor4D {
  const count = pixels.length / (height * width * channels);
  return tf.tidy(() => tf.tensor4d(Float32Array.from(pixels), [count, height, width, channels]).div(127.5).sub(1));
}

/** Images in [-1, 1] as bytes; what lies outside is clipped. @param images borrowed */
async function toPixels(images: tf.Tensor4D): Promise<Uint8Array> {
  const bytes = tf.tidy(() => images.add(1).mul(127.5).clipByValue(0, 255).round());
  const pixels = Uint8Array.from(await bytes.data());
  bytes.dispose();
  return pixels;
}
