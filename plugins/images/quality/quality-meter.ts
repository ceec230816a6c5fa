import {
  Batches,
  type Dataset,
  type EvaluationRequest,
  type Evaluator,
  type Goals,
  Random,
  type Run,
  Subset,
  UserError,
} from 'explab';
import type { FeatureExtractor } from '../kinds/feature-extractor';
import type { ImageBatch, ImageDataset, ImageShape } from '../kinds/image-dataset';
import {
  checkMeasures,
  type ImageSet,
  measure,
  MEASURE_NAMES,
  type Measured,
  type MeasureName,
  needsClasses,
} from './measures';
import { checkSampleSize, sampleSizeWarning } from './sample-size';
import type { QualitySettings } from './quality-settings';
import { type SampleFunction, sampleInChunks } from '../sampling/images';
import { FeatureTable } from './feature-table';

/** Options of an evaluation. */
export interface QualityRequest {
  /** Any of fid, kid, recognised; by default all that the features support. */
  readonly measures?: readonly string[] | undefined;
  /** Number of images to generate. */
  readonly count: number;
  /** Random seed for sampling and for the choice of reference images. */
  readonly seed: number;
}

/** Result of an evaluation. */
export interface Quality extends Measured {
  /** Number of dataset images compared with. */
  readonly reference: number;
  /** Name of the feature extractor. */
  readonly features: string;
  /** Number of features per image. */
  readonly width: number;
}

const READ_BATCH_SIZE = 250;

/** Number of images that `exp evaluate` generates by default. */
const DEFAULT_COUNT = 1000;

/** Evaluates the quality of generated images by comparison with the dataset. */
export class QualityMeter {
  /** Goals of the metrics of `track`. */
  static readonly goals: Goals = {
    'quality/fid': 'min',
    'quality/kid': 'min',
    'quality/recognised': 'max',
    'quality/spread': 'max',
  };
  private features: FeatureExtractor | undefined;
  private shape: ImageShape | undefined;
  private dataset: Dataset<ImageBatch> | undefined;
  /** Features of the reference images, and the seed that they were chosen with. */
  private real: { readonly seed: number; readonly set: ImageSet } | undefined;

  constructor(
    private readonly settings: QualitySettings,
    private readonly createDataset: () => ImageDataset,
    private readonly run: Run,
  ) {}

  /**
   * Checks the request and opens the features and the dataset, before any image is generated.
   * @throws UserError if something is missing, or the request cannot be fulfilled
   */
  async open({ measures, count, seed }: QualityRequest): Promise<void> {
    const requested = measures && checkMeasures(measures);
    checkSampleSize('-n', count);
    const features = this.requireFeatures();
    const images = this.createDataset();
    const dataset = this.referenceOf(images, seed);
    await features.open(images.shape);
    const unsupported = requested?.find((name) => needsClasses(name) && features.classes === undefined);
    if (unsupported !== undefined) throw noClasses(unsupported, features);
    await dataset.open();
    checkReference(dataset.count);
    this.features = features;
    this.dataset = dataset;
    this.shape = images.shape;
    const warning = sampleSizeWarning(count, dataset.count, features.width);
    if (warning !== undefined && (requested ?? MEASURE_NAMES).includes('fid'))
      this.run.monitor.log(`Warning: ${warning}`);
  }

  /** Generates images and evaluates them. Call `open` first. */
  async measure(sample: SampleFunction, { measures, count, seed }: QualityRequest): Promise<Quality> {
    const random = Random.fromSeed(seed).stream('quality');
    const real = await this.realSet(seed);
    const generated = await this.generatedSet(sample, count, seed);
    const names = (measures as MeasureName[] | undefined) ?? this.supportedMeasures;
    const measured = await measure(names, generated, real, random);
    const features = this.features?.constructor.name ?? '';
    return { ...measured, reference: real.features.rows, features, width: real.features.columns };
  }

  /** The evaluator of an experiment that generates images. */
  evaluator(sample: SampleFunction): Evaluator {
    const requestOf = ({ metrics: measures, count = DEFAULT_COUNT, seed }: EvaluationRequest) => ({
      measures,
      count,
      seed,
    });
    return {
      open: (request) => this.open(requestOf(request)),
      measure: async (request) => {
        const options = requestOf(request);
        const { numbers, ...details } = await this.measure(sample, options);
        return { numbers, details: { images: options.count, ...details } };
      },
    };
  }

  /** Calls `open` for the evaluations during training. */
  openForTraining(): Promise<void> {
    return this.open(this.trainingRequest);
  }

  /** Evaluates during training, and tracks the results as `quality/fid` and so on. */
  async track(sample: SampleFunction): Promise<void> {
    const { numbers } = await this.measure(sample, this.trainingRequest);
    const tracking = this.run.tracking.namespace('quality');
    for (const [name, number] of Object.entries(numbers)) tracking.add(name, number);
  }

  private get trainingRequest(): QualityRequest {
    return { count: this.settings.images, seed: 0 };
  }

  /** Measures that the features support. */
  private get supportedMeasures(): MeasureName[] {
    return MEASURE_NAMES.filter((name) => !needsClasses(name) || this.features?.classes !== undefined);
  }

  private async generatedSet(sample: SampleFunction, count: number, seed: number): Promise<ImageSet> {
    const table = this.table(count);
    for await (const { pixels } of sampleInChunks(sample, count, this.settings.batchSize, seed)) {
      await table.add(pixels);
      if (count > table.count) this.run.monitor.log(`${table.count} of ${count} images generated`);
    }
    return table.set;
  }

  private async realSet(seed: number): Promise<ImageSet> {
    if (this.real?.seed === seed) return this.real.set;
    const { dataset, run } = this;
    if (!dataset) throw new Error('measure was called before open');
    const table = this.table(dataset.count);
    const batches = new Batches(dataset, { batchSize: READ_BATCH_SIZE, partial: true });
    for await (const { pixels } of run.monitor.iterate(
      'Extract features of the dataset',
      batches.epoch(0),
      batches.batchesPerEpoch,
    )) {
      run.stop.throwIfAsked();
      await table.add(pixels);
    }
    this.real = { seed, set: table.set };
    return table.set;
  }

  private table(count: number): FeatureTable {
    const { features, shape } = this;
    if (!features || !shape) throw new Error('measure was called before open');
    return new FeatureTable(features, shape, count);
  }

  /** The dataset, or a random subset if it has more than `settings.reference` images. */
  private referenceOf(dataset: ImageDataset, seed: number): Dataset<ImageBatch> {
    const { reference } = this.settings;
    const random = Random.fromSeed(seed).stream('quality').stream('reference');
    return new Subset(dataset, (count) =>
      count <= reference
        ? Int32Array.from({ length: count }, (_, index) => index)
        : random.permutation(count).subarray(0, reference),
    );
  }

  private requireFeatures(): FeatureExtractor {
    const { features } = this.settings;
    if (features) return features;
    throw new UserError('No feature extractor is configured.', {
      hints: [
        'For digits: quality.features=DigitClassifier',
        'For other images: quality.features=SavedModel quality.features.path=FOLDER (requirements: docs/quality.md)',
      ],
    });
  }
}

function checkReference(count: number): void {
  if (count >= 2) return;
  throw new UserError(`The dataset has ${count} images to compare with; expected at least 2.`);
}

function noClasses(measure: string, { constructor }: FeatureExtractor): UserError {
  return new UserError(`${measure} needs a feature extractor with class probabilities; ${constructor.name} has none.`, {
    hints: [
      'Omit that measure: --metric fid kid; or use a feature extractor with class probabilities, such as DigitClassifier.',
    ],
  });
}
