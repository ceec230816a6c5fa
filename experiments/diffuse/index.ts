import { checkAlphaBar, type Diffusion, type SamplerStep } from 'explab/diffusion';
import {
  checkShape,
  type Evaluator,
  Experiment,
  type Goals,
  option,
  Random,
  Run,
  type SamplingOptions,
  type SavedFunctions,
  tf,
} from 'explab';
import {
  GeneratorHooks,
  type ImageBatch,
  ImageExperiment,
  type ImageGenerator,
  type Images,
  type InterpolationOptions,
  type InterpolationPair,
  QualityMeter,
  readSources,
  toImages,
  type TrajectoryOptions,
} from 'explab/images';
import { checkClasses, classesOf, labelsOf } from './classes';
import { ImageSampler } from './image-sampler';
import { conditioned, dropLabels } from './guidance';
import { checkTime, interpolate } from './interpolation';
import { sampleLoop, Sampling, stepByIndex } from './sampling';
import { DiffuseSettings } from './settings';

export * from './presets';
export { DiffuseSettings } from './settings';

/** Inputs of a step: float32 [batch, height, width, channels] in [-1, 1], and int32 [batch] if conditional. */
type Inputs = [x0: tf.Tensor4D, ...labels: tf.Tensor1D[]];

/**
 * Diffusion model: training and image sampling.
 *
 * Ho et al. 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239, with the settings of labml's annotated implementation
 * (`labml_nn/diffusion/ddpm/experiment.py`). Departures are listed in docs/diffusion.md.
 */
@option(Experiment, 'diffuse', DiffuseSettings, Run)
export class Diffuse extends ImageExperiment<Inputs> implements ImageGenerator {
  static override readonly goals: Goals = { ...super.goals, ...QualityMeter.goals };
  private readonly hooks: GeneratorHooks;
  private readonly diffusion: Diffusion;
  private readonly stages: readonly SamplerStep[];
  private sampler: ImageSampler | undefined;

  constructor(
    protected override readonly settings: DiffuseSettings,
    run: Run,
  ) {
    super(settings, run);
    this.diffusion = settings.diffusion;
    this.hooks = new GeneratorHooks(this, settings, run);
    settings.model.checkShape(settings.dataset.shape);
    // Computed here, so that too many steps are reported before any data is opened.
    checkAlphaBar(this.diffusion);
    this.stages = settings.sampler.steps(this.diffusion.alphaBar);
    checkClasses(settings);
  }

  protected override inputsOf({ pixels, labels = new Int32Array() }: ImageBatch): Inputs {
    const { conditional, dataset } = this.settings;
    const x0 = toImages(pixels, dataset.shape);
    return conditional ? [x0, tf.tensor1d(labels, 'int32')] : [x0];
  }

  protected loss([x0, labels]: Inputs, random: Random): tf.Scalar {
    const { model, classDropout } = this.settings;
    return tf.tidy(() => {
      const keptLabels = labels && dropLabels(labels, model.classes ?? 0, classDropout, random.stream('classes'));
      const loss = this.diffusion.loss(conditioned(model, keptLabels), x0, random);
      return checkShape(this.diffusion, 'loss', loss, []);
    });
  }

  override async open(): Promise<void> {
    await super.open();
    await this.hooks.open();
  }

  override evaluate(): Promise<void> {
    return this.hooks.evaluate();
  }

  override get evaluator(): Evaluator {
    return this.hooks.evaluator;
  }

  override preview(): Promise<void> {
    const random = this.run.random.stream('sample').stream(String(this.step));
    return this.hooks.preview((indices) => this.imageSampler.sample(this.stages, indices, random));
  }

  override sample({ seed, indices, batch }: SamplingOptions): AsyncIterable<Images> {
    return this.imageSampler.sample(this.stages, indices, Random.fromSeed(seed).stream('sample'), batch);
  }

  sampleTrajectory({ seed, indices, batch }: SamplingOptions, watch: TrajectoryOptions): Promise<Images[]> {
    return this.imageSampler.sampleTrajectory(
      this.stages,
      indices,
      Random.fromSeed(seed).stream('sample'),
      watch,
      batch,
    );
  }

  async interpolate(pairs: readonly InterpolationPair[], interpolation: InterpolationOptions): Promise<Images[]> {
    const { sampler, dataset } = this.settings;
    const { alphaBar } = this.diffusion;
    const t = checkTime(interpolation.t, alphaBar.length);
    // Sampling from x_t is sampling a process that ends at t.
    const stages = sampler.steps(alphaBar.subarray(0, t + 1));
    const sources = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)];
    const pixels = await readSources(dataset, sources);
    return interpolate(this.imageSampler, { pixels, shape: dataset.shape }, interpolation, {
      stages,
      alphaBar: alphaBar[t] ?? NaN,
    });
  }

  /**
   * Functions for export: `sample`, from noise to images with a noise key, and a single stage by its index, with the values kept by the
   * previous stage. For a conditional network, both also take labels and the guidance scale.
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
        step: stepByIndex(parts, stages),
      },
      sample: { inputs: { x: images, key: whole, ...classes }, outputs: ['x'], step: sampleLoop(parts, stages) },
    };
  }

  /** Image sampler, created on first use. */
  private get imageSampler(): ImageSampler {
    const { diffusion, run } = this;
    const { dataset, model, batchSize, guidance } = this.settings;
    const { engine, monitor } = run;
    const around = <T>(code: () => T): T => this.averaged(code);
    this.sampler ??= new ImageSampler({
      sampling: new Sampling({ engine, model, diffusion, guidance, around }),
      shape: dataset.shape,
      batch: batchSize,
      checkStop: () => run.stop.throwIfAsked(),
      labelsOf: (images) => this.labelsFor(images),
      monitor,
    });
    return this.sampler;
  }

  /** Classes of sampled images by their numbers; undefined if the network is unconditional. */
  private labelsFor(images: readonly number[]): number[] | undefined {
    const { conditional, dataset, class: only } = this.settings;
    return conditional ? labelsOf(images, classesOf(dataset), only) : undefined;
  }
}
