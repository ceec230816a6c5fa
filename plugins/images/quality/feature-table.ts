import { checkNumbers } from 'explab';
import type { FeatureExtractor } from '../kinds/feature-extractor';
import type { ImageShape } from '../kinds/image-dataset';
import type { ImageSet } from './measures';

/** Collects the features of images added in chunks. */
export class FeatureTable {
  private readonly features: Float32Array;
  private readonly probabilities: Float32Array | undefined;
  private rows = 0;

  /** @param extractor open @param shape of each image @param capacity total number of images */
  constructor(
    private readonly extractor: FeatureExtractor,
    private readonly shape: ImageShape,
    capacity: number,
  ) {
    const { width, classes } = extractor;
    this.features = new Float32Array(capacity * width);
    this.probabilities = classes === undefined ? undefined : new Float32Array(capacity * classes);
  }

  /** Number of images added. */
  get count(): number {
    return this.rows;
  }

  /**
   * @param pixels uint8 [n, height, width, channels]
   * @throws UserError if the extractor returns arrays of the wrong size or invalid numbers
   */
  async add(pixels: Uint8Array): Promise<void> {
    const { width, classes } = this.extractor;
    const [height, breadth, channels] = this.shape;
    const images = pixels.length / (height * breadth * channels);
    const { features, probabilities = [] } = await this.extractor.extract(pixels);
    checkNumbers(this.extractor, 'features of extract', features, images * width);
    this.features.set(features, this.rows * width);
    if (classes !== undefined) {
      checkNumbers(this.extractor, 'probabilities of extract', probabilities, images * classes);
      this.probabilities?.set(probabilities, this.rows * classes);
    }
    this.rows += images;
  }

  /** Features and class probabilities of the images added so far. */
  get set(): ImageSet {
    const { width, classes = 0 } = this.extractor;
    const { rows, features, probabilities } = this;
    return {
      features: { rows, columns: width, numbers: features.subarray(0, rows * width) },
      probabilities: probabilities && { classes, values: probabilities.subarray(0, rows * classes) },
    };
  }
}
