/** Minimum probability of a recognised class, rounded to float32 like the probabilities. */
const MIN_CONFIDENCE = Math.fround(0.9);

/** Scores of images by a classifier. */
export interface ClassifierScores {
  /** Fraction of recognised images: those whose likeliest class has a probability of at least 0.9. */
  readonly recognised: number;
  /**
   * Evenness of the recognised images over the classes: the normalized entropy -Σ p log p / log(classes), from 0 (a single class) to 1.
   * 0 if no image is recognised.
   */
  readonly spread: number;
  /** Number of recognised images per class. */
  readonly classCounts: readonly number[];
}

/** @param probabilities [n, classes], each row adding up to 1 */
export function classifierScores(probabilities: Float32Array, classes: number): ClassifierScores {
  const images = probabilities.length / classes;
  const counts = new Array<number>(classes).fill(0);
  for (let image = 0; image < images; image++) {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    const likeliest = row.indexOf(Math.max(...row));
    if ((row[likeliest] ?? 0) >= MIN_CONFIDENCE) counts[likeliest] = (counts[likeliest] ?? 0) + 1;
  }
  const recognised = counts.reduce((sum, count) => sum + count, 0);
  return { recognised: recognised / images, spread: evenness(counts, recognised), classCounts: counts };
}

function evenness(counts: readonly number[], total: number): number {
  if (total === 0) return 0;
  const shares = counts.filter((count) => count > 0).map((count) => count / total);
  const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
  // Avoids -0.
  return Math.abs(entropy / Math.log(counts.length));
}
