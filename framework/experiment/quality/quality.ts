import { Batches } from '../../data/batches';
import { Subset } from '../../data/split';
import { UserError } from '../../errors';
import type { FeatureExtractor } from '../../kinds/feature-extractor';
import type { ImageDataset } from '../../kinds/image-dataset';
import type { Goals } from '../../kinds/metric';
import {
  checkMeasures,
  type ImageSet,
  measure,
  MEASURE_NAMES,
  type Measured,
  type MeasureName,
  needsClasses,
} from '../../quality/measures';
import { checkSampleSize, sampleSizeWarning } from '../../quality/sample-size';
import { Random } from '../../random/random';
import type { QualitySettings } from './quality-settings';
import type { Run } from '../run';
import { type SampleFunction, sampleInChunks } from '../sampling/images';
import { FeatureTable } from './feature-table';

/** What is asked of a measurement. */
export interface QualityRequest {
  /** fid, kid, recognised; all that the features allow where left out. */
  readonly measures?: readonly string[] | undefined;
  /** How many images are drawn. */
  readonly count: number;
  /** What the drawing and the choice of images follow from. */
  readonly seed: number;
}

/** What a measurement found. */
export interface Quality extends Measured {
  /** How many images of the dataset were compared with. */
  readonly reference: number;
  /** What made features of the images, and how many of each. */
  readonly features: string;
  readonly width: number;
}

/** Images of the dataset are read so many at once. */
const READ = 250;

/** Measures how good the images are that a model draws, by those of its dataset. */
export class QualityMeter {
  /** The goals of what `track` tracks. */
  static readonly goals: Goals = {
    'quality/fid': 'min',
    'quality/kid': 'min',
    'quality/recognised': 'max',
    'quality/spread': 'max',
  };
  private features: FeatureExtractor | undefined;
  private dataset: ImageDataset | undefined;
  /** Of the images of the dataset, and the seed that they were chosen by. */
  private real: { readonly seed: number; readonly set: ImageSet } | undefined;

  constructor(
    private readonly settings: QualitySettings,
    private readonly whole: () => ImageDataset,
    private readonly run: Run,
  ) {}

  /**
   * Finds what is needed, so that nothing is drawn in vain.
   * @throws UserError where something is missing, or the request cannot be fulfilled
   */
  async open({ measures, count, seed }: QualityRequest): Promise<void> {
    const wanted = measures && checkMeasures(measures);
    checkSampleSize('--n', count);
    const features = this.chosenFeatures();
    const dataset = this.referenceOf(seed);
    await features.open(dataset.shape);
    const unfit = wanted?.find((name) => needsClasses(name) && features.classes === undefined);
    if (unfit !== undefined) throw noClasses(unfit, features);
    await dataset.open();
    checkReference(dataset.count);
    this.features = features;
    this.dataset = dataset;
    const warning = sampleSizeWarning(count, dataset.count, features.width);
    if (warning !== undefined && (wanted ?? MEASURE_NAMES).includes('fid')) this.run.monitor.log(`Warning: ${warning}`);
  }

  /** Draws and measures. `open` comes first. */
  async measure(draw: SampleFunction, { measures, count, seed }: QualityRequest): Promise<Quality> {
    const random = Random.fromSeed(seed).stream('quality');
    const real = await this.realSet(seed);
    const drawn = await this.drawnSet(draw, count, seed);
    const names = (measures as MeasureName[] | undefined) ?? this.fitting;
    const measured = await measure(names, drawn, real, random);
    const features = this.features?.constructor.name ?? '';
    return { ...measured, reference: real.features.rows, features, width: real.features.columns };
  }

  /** Finds what is needed for measuring while training. @throws UserError as `open` does */
  openForTraining(): Promise<void> {
    return this.open(this.whileTraining);
  }

  /** Measures while training; what is found is tracked as `quality/fid` and so on. */
  async track(draw: SampleFunction): Promise<void> {
    const { numbers } = await this.measure(draw, this.whileTraining);
    const tracking = this.run.tracking.namespace('quality');
    for (const [name, number] of Object.entries(numbers)) tracking.add(name, number);
  }

  private get whileTraining(): QualityRequest {
    return { count: this.settings.images, seed: 0 };
  }

  /** The measures that the features allow. */
  private get fitting(): MeasureName[] {
    return MEASURE_NAMES.filter((name) => !needsClasses(name) || this.features?.classes !== undefined);
  }

  private async drawnSet(draw: SampleFunction, count: number, seed: number): Promise<ImageSet> {
    const table = this.table(count);
    for await (const { pixels } of sampleInChunks(draw, count, this.settings.batchSize, seed)) {
      await table.add(pixels);
      if (count > table.count) this.run.monitor.log(`${table.count} of ${count} images drawn`);
    }
    return table.set;
  }

  private async realSet(seed: number): Promise<ImageSet> {
    if (this.real?.seed === seed) return this.real.set;
    const { dataset, run } = this;
    if (!dataset) throw new Error('measure was called before open');
    const table = this.table(dataset.count);
    const batches = new Batches(dataset, { batchSize: READ, partial: true });
    for await (const { pixels } of run.monitor.iterate('Measure the data', batches.epoch(0), batches.batchesPerEpoch)) {
      run.stop.throwIfAsked();
      await table.add(pixels);
    }
    this.real = { seed, set: table.set };
    return table.set;
  }

  private table(count: number): FeatureTable {
    const { features, dataset } = this;
    if (!features || !dataset) throw new Error('measure was called before open');
    return new FeatureTable(features, dataset.shape, count);
  }

  /** The dataset, or so many of its images as are to be compared with. */
  private referenceOf(seed: number): ImageDataset {
    const { reference } = this.settings;
    const random = Random.fromSeed(seed).stream('quality').stream('reference');
    return new Subset(this.whole(), (count) =>
      count <= reference
        ? Int32Array.from({ length: count }, (_, index) => index)
        : random.permutation(count).subarray(0, reference),
    );
  }

  private chosenFeatures(): FeatureExtractor {
    const { features } = this.settings;
    if (features) return features;
    throw new UserError('Nothing is chosen that makes features of images.', {
      hints: [
        'For digits: quality.features=DigitClassifier',
        'For others: quality.features=SavedModel quality.features.path=FOLDER; docs/quality.md says what it must have.',
      ],
    });
  }
}

function checkReference(count: number): void {
  if (count >= 2) return;
  throw new UserError(`The dataset has ${count} images to compare with: at least 2 are wanted.`);
}

function noClasses(measure: string, { constructor }: FeatureExtractor): UserError {
  return new UserError(`${measure} needs features that know classes, and ${constructor.name} tells none.`, {
    hints: ['Leave that measure out: --metric fid kid; or name features that know classes, such as DigitClassifier.'],
  });
}
