import { type Evaluator, type Experiment, type Run, firstIndices } from 'explab';
import { NaNImagesError } from '../data/to-images';
import type { ImageDataset } from '../kinds/image-dataset';
import { QualityMeter } from '../quality/quality-meter';
import type { QualitySettings } from '../quality/quality-settings';
import { imageGrid } from '../render/image-grid';
import type { ImageGenerator } from './image-abilities';
import { type Images, type SampleFunction, concatImages } from './images';

/** Settings of an experiment that generates images. */
interface GeneratorSettings {
  readonly dataset: ImageDataset;
  readonly quality: QualitySettings;
  /** Number of preview images. */
  readonly samples: number;
  /** Interval between previews, in epochs. */
  readonly sampleEvery: number;
}

/**
 * The hooks of an experiment that generates images: their quality is evaluated and some are shown. NaN images are logged and do not stop
 * training, as the weights are finite.
 */
export class GeneratorHooks {
  private readonly meter: QualityMeter;
  private readonly sample: SampleFunction;

  constructor(
    private readonly experiment: ImageGenerator & Experiment,
    private readonly settings: GeneratorSettings,
    private readonly run: Run,
  ) {
    this.meter = new QualityMeter(settings.quality, () => settings.dataset, run);
    this.sample = (options) => experiment.sample(options);
  }

  /** Opens what evaluations during training need, if there are any. */
  async open(): Promise<void> {
    if (this.settings.quality.every !== undefined && this.run.isChief) await this.meter.openForTraining();
  }

  /** Evaluates the quality if it is due. */
  async evaluate(): Promise<void> {
    const { every } = this.settings.quality;
    if (every === undefined || !this.experiment.isDue(every)) return;
    await this.unlessNaN('quality', () => this.meter.track(this.sample));
  }

  get evaluator(): Evaluator {
    return this.meter.evaluator(this.sample);
  }

  /** Shows preview images as a grid if they are due. @param generate generates them by their numbers */
  async preview(generate: (indices: readonly number[]) => AsyncIterable<Images>): Promise<void> {
    const { samples, sampleEvery } = this.settings;
    if (!this.experiment.isDue(sampleEvery)) return;
    await this.unlessNaN('samples', async () => {
      const parts: Images[] = [];
      for await (const part of generate(firstIndices(samples))) parts.push(part);
      const { pixels, shape } = concatImages(parts);
      await this.run.artifact(this.experiment.step, 'samples', await imageGrid(pixels, shape));
    });
  }

  private async unlessNaN(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof NaNImagesError)) throw error;
      this.run.monitor.log(`No ${what} at step ${this.experiment.step}: ${error.text}`);
    }
  }
}
