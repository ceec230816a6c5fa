import { UserError } from '../errors';
import { toCSV } from './table';

/** Number of values in an interval; only the last bin includes its end. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Distribution of numbers. */
export interface HistogramArtifact {
  readonly type: 'histogram';
  readonly extension: '.csv';
  /** The bins as CSV. */
  readonly content: string;
  readonly bins: readonly Bin[];
}

/** An array or a typed array. */
type Numbers = ArrayLike<number> & Iterable<number>;

/** TensorBoard's default. */
const DEFAULT_BINS = 30;

/**
 * Counts values in bins of equal width, as `numpy.histogram` does.
 * @throws UserError if there are no values, or one is not finite
 */
export function histogramArtifact(values: Numbers, count = DEFAULT_BINS): HistogramArtifact {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UserError(`A histogram of ${count} bins: expected a positive integer.`);
  const [min, max] = rangeOf(values);
  // Equal values are in the middle of a range of width 1.
  const bins = min === max ? countBins(values, min - 0.5, max + 0.5, count) : countBins(values, min, max, count);
  const rows = bins.map(({ from, to, count }) => [from, to, count]);
  return { type: 'histogram', extension: '.csv', content: toCSV([['from', 'to', 'count'], ...rows]), bins };
}

function countBins(values: Numbers, min: number, max: number, count: number): Bin[] {
  const counts = new Float64Array(count);
  for (const value of values) {
    const bin = Math.min(Math.floor(((value - min) / (max - min)) * count), count - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edge = (index: number) => (index === count ? max : min + ((max - min) * index) / count);
  return Array.from(counts, (count, index) => ({ from: edge(index), to: edge(index + 1), count }));
}

/** Minimum and maximum, by a loop: there may be too many values for `Math.min(...values)`. */
function rangeOf(values: Numbers): [min: number, max: number] {
  if (values.length === 0) throw new UserError('A histogram of no values: expected at least one.');
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) throw new UserError(`A histogram of ${value}: expected finite numbers.`);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}
