import { Random, option, tf, value } from 'explab';
import { type TableBatch, TableDataset } from 'explab/tables';

/** Settings of the Friedman benchmark. */
export class FriedmanSettings {
  /** Number of rows. */
  rows = value(1000, { integer: true, min: 2 });
  /** Standard deviation of the noise in y. */
  noise = value(1, { min: 0 });
  /** Random seed of the data, independent of the run's. */
  dataSeed = value(1, { integer: true, min: 0 });
}

/**
 * Synthetic regression benchmark with ten features, of which five matter; generated, not downloaded. Friedman 1991, Multivariate
 * Adaptive Regression Splines, equation 61: y = 10 sin(π x1 x2) + 20 (x3 - ½)² + 10 x4 + 5 x5 + ε.
 */
@option(TableDataset, 'Friedman', FriedmanSettings)
export class Friedman extends TableDataset {
  readonly features = Array.from({ length: 10 }, (_, index) => `x${index + 1}`);

  constructor(private readonly settings: FriedmanSettings) {
    super();
  }

  protected load(): TableBatch {
    const { rows, noise, dataSeed } = this.settings;
    const random = Random.fromSeed(dataSeed).stream('friedman');
    const x = numbersOf(random.stream('x').uniform([rows, this.features.length]));
    const epsilon = numbersOf(random.stream('noise').normal([rows]));
    const y = epsilon.map((error, row) => {
      const [x1 = 0, x2 = 0, x3 = 0, x4 = 0, x5 = 0] = x.subarray(row * this.features.length);
      return 10 * Math.sin(Math.PI * x1 * x2) + 20 * (x3 - 0.5) ** 2 + 10 * x4 + 5 * x5 + noise * error;
    });
    return { x: { data: x, shape: [rows, this.features.length] }, y: { data: y, shape: [rows] } };
  }
}

function numbersOf(tensor: tf.Tensor): Float32Array {
  const numbers = tensor.dataSync<'float32'>();
  tf.dispose(tensor);
  return numbers;
}
