import { type Float64, inFloat64, type Matrix, type Output } from 'explab';
import { checkWidths } from './check-widths';

/**
 * Fréchet distance between two sets of features, each modelled as a normal distribution: FID if they are Inception's. Heusel et al.
 * 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, arXiv:1706.08500, eq. 6. Computed in float64.
 * @param one features of a set, one row per image, at least two
 * @param other features of another set
 * @returns 0 if mean and covariance are equal, positive otherwise
 * @throws Error if they differ in width
 */
export async function frechetDistance(one: Matrix, other: Matrix): Promise<number> {
  checkWidths(one, other);
  const [distance = NaN] = await inFloat64([one, other], (math, a, b) => {
    const [first, second] = [moments(math, a, one.rows), moments(math, b, other.rows)];
    // ‖μ₁ - μ₂‖² + Tr(Σ₁) + Tr(Σ₂) - 2 Tr((Σ₁ Σ₂)^½)
    const means = math.sum(math.square(math.subtract(first.mean, second.mean)));
    const traces = math.add(math.trace(first.covariance), math.trace(second.covariance));
    const shared = math.multiply(math.scalar(2), traceOfRoot(math, first.covariance, second.covariance));
    return math.subtract(math.add(means, traces), shared);
  });
  return distance;
}

/** μ, and Σ = 1/(n - 1) Σ (x - μ)(x - μ)ᵀ. */
function moments(math: Float64, features: Output, count: number): { mean: Output; covariance: Output } {
  const mean = math.mean(features, [0]);
  const centred = math.subtract(features, mean);
  return { mean, covariance: math.divide(math.product(centred, centred, 'first'), math.scalar(count - 1)) };
}

/**
 * Tr((Σ₁ Σ₂)^½). Σ₁ Σ₂ has the eigenvalues of the symmetric Σ₁^½ Σ₂ Σ₁^½, whose roots add up to it; so only roots of symmetric
 * matrices are needed, and the result is real.
 */
function traceOfRoot(math: Float64, one: Output, other: Output): Output {
  const { values, vectors } = math.eigen(one);
  // Σ₁^½ = V √Λ Vᵀ
  const root = math.product(math.multiply(vectors, math.squareRoot(values)), vectors, 'second');
  const symmetric = math.product(math.product(root, other), root);
  return math.sum(math.squareRoot(math.eigenvalues(symmetric)));
}
