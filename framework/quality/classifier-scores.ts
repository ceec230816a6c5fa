/** A class counts as recognised from this probability on, a float32 as probabilities are. */
const CONFIDENCE = Math.fround(0.9);

/** What a classifier says of images. */
export interface ClassifierScores {
  /** The share of the images that it knows the class of: whose likeliest class has a probability of at least 0.9. */
  readonly recognised: number;
  /**
   * How evenly these spread over the classes: the entropy of their shares, -Σ p log p / log(classes), from 0, where all are of one class, to 1.
   * 0 where there are none.
   */
  readonly spread: number;
  /** How many of them are of each class. */
  readonly classCounts: readonly number[];
}

/** @param probabilities [n, classes], each row adding up to 1 */
export function classifierScores(probabilities: Float32Array, classes: number): ClassifierScores {
  const images = probabilities.length / classes;
  const counts = new Array<number>(classes).fill(0);
  for (let image = 0; image < images; image++) {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    const likeliest = row.indexOf(Math.max(...row));
    if ((row[likeliest] ?? 0) >= CONFIDENCE) counts[likeliest] = (counts[likeliest] ?? 0) + 1;
  }
  const recognised = counts.reduce((sum, count) => sum + count, 0);
  return { recognised: recognised / images, spread: evenness(counts, recognised), classCounts: counts };
}

function evenness(counts: readonly number[], total: number): number {
  if (total === 0) return 0;
  const shares = counts.filter((count) => count > 0).map((count) => count / total);
  const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
  // -0 is no number to show.
  return Math.abs(entropy / Math.log(counts.length));
}
