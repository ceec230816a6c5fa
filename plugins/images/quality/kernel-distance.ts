import { type Float64, Float64Program, type Matrix, type Output, type Random } from 'explab';
import { checkWidths } from './check-widths';

/** Maximum size and number of the random subsets, as in the paper. */
const MAX_SUBSET_SIZE = 1000;
const SUBSET_COUNT = 100;

/**
 * Kernel distance between two sets of features: KID if they are Inception's. The squared maximum mean discrepancy (MMD²) of the kernel
 * k(x, y) = (xᵀy / d + 1)³, unbiased estimate, averaged over 100 pairs of random subsets of at most 1,000. Bińkowski et al. 2018,
 * Demystifying MMD GANs, arXiv:1801.01401, section 4. Computed in float64.
 * @param one features of a set, one row per image, at least two
 * @param other features of another set
 * @param random source of the subsets
 * @returns near 0 if both have the same distribution, and then as often negative as positive
 * @throws Error if they differ in width
 */
export async function kernelDistance(one: Matrix, other: Matrix, random: Random): Promise<number> {
  checkWidths(one, other);
  const size = Math.min(one.rows, other.rows, MAX_SUBSET_SIZE);
  // If a subset is the whole of both sets, all subsets are equal.
  const count = size === one.rows && size === other.rows ? 1 : SUBSET_COUNT;
  const shape = [size, one.columns] as const;
  const program = new Float64Program([shape, shape], (math, x, y) => discrepancy(math, x, y, shape));
  try {
    let sum = 0;
    for (let subset = 0; subset < count; subset++) {
      const subsets = [one, other].map((set, index) => subsetOf(set, size, random.stream(String(index)).at(subset)));
      const [distance = NaN] = await program.run(...subsets);
      sum += distance;
    }
    return sum / count;
  } finally {
    program.close();
  }
}

/** MMD²_u of two sets of m features: Σ_{i≠j} (k(x_i, x_j) + k(y_i, y_j)) / (m (m - 1)) - 2 Σ_{i,j} k(x_i, y_j) / m². */
function discrepancy(math: Float64, x: Output, y: Output, [m, width]: readonly [number, number]): Output {
  const kernel = (a: Output, b: Output) => polynomial(math, math.product(a, b, 'second'), width);
  const own = [x, y].map((set) => offDiagonal(math, kernel(set, set))) as [Output, Output];
  const ownPairs = math.divide(math.add(...own), math.scalar(m * (m - 1)));
  const mixedPairs = math.divide(math.sum(kernel(x, y)), math.scalar(m ** 2 / 2));
  return math.subtract(ownPairs, mixedPairs);
}

/** (xᵀy / d + 1)³ */
function polynomial(math: Float64, products: Output, width: number): Output {
  const base = math.add(math.divide(products, math.scalar(width)), math.scalar(1));
  return math.multiply(math.square(base), base);
}

function offDiagonal(math: Float64, kernels: Output): Output {
  return math.subtract(math.sum(kernels), math.trace(kernels));
}

function subsetOf({ rows, columns, numbers }: Matrix, size: number, random: Random): Matrix {
  const chosen = random.permutation(rows).subarray(0, size);
  const subset = new Float64Array(size * columns);
  chosen.forEach((row, index) => subset.set(numbers.subarray(row * columns, (row + 1) * columns), index * columns));
  return { rows: size, columns, numbers: subset };
}
