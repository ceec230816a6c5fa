import { expect } from 'chai';
import reference from '../../../reference/quality.json';
import { frechetDistance } from '../../../../plugins/images/quality/frechet-distance';
import { kernelDistance } from '../../../../plugins/images/quality/kernel-distance';
import { Random } from '../../../../framework/random/random';
import type { Matrix } from '../../../../framework/tensorflow/graph/float64';
import { rejection } from '../../../support/rejection';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';

/** The features of test/reference/quality.py. */
function features([rows, phase, scale]: readonly number[] = [], columns: number): Matrix {
  const numbers = Array.from({ length: rows! * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return scale! * Math.sin(phase! + (row + 1) * (column + 1) ** 1.5);
  });
  return { rows: rows!, columns, numbers: Float64Array.from(numbers) };
}

const sets = (name: string): [Matrix, Matrix] => {
  const { one, other, width } = reference.cases.find((each) => each.name === name)!;
  return [features(one, width), features(other, width)];
};

/** Features drawn from a normal distribution. */
function normal(rows: number, columns: number, stream: string): Matrix {
  const drawn = Random.fromSeed(1).stream(stream).normal([rows, columns]);
  const numbers = drawn.dataSync<'float32'>();
  drawn.dispose();
  return { rows, columns, numbers };
}

describe('the Fréchet distance', () => {
  withTensorFlow();

  for (const { name, pytorchFid, cleanFid } of reference.cases) {
    it(`equals that of pytorch-fid and clean-fid: ${name}`, async () => {
      const distance = await frechetDistance(...sets(name));
      expect(distance).to.be.closeTo(pytorchFid, 1e-6);
      expect(distance).to.be.closeTo(cleanFid, 1e-6);
    });
  }

  it('is (μ₁ - μ₂)² + (σ₁ - σ₂)² for one feature, computed by hand', async () => {
    const one = { rows: 2, columns: 1, numbers: Float32Array.of(0, 2) };
    const other = { rows: 2, columns: 1, numbers: Float32Array.of(3, 9) };
    // μ = 1 and 6; σ² = 2 and 18, so σ = √2 and 3√2.
    expect(await frechetDistance(one, other)).to.be.closeTo(25 + 8, 1e-12);
  });

  it('is 0 between a set and itself, also if its covariance is singular', async () => {
    const set = normal(5, 20, 'set');
    expect(await frechetDistance(set, set)).to.be.closeTo(0, 1e-5);
  });

  it('refuses features of different widths', async () => {
    const error = await rejection(frechetDistance(normal(4, 2, 'a'), normal(4, 3, 'b')));
    expect(String(error)).to.contain('the widths 2 and 3');
  });

  it('leaks no tensors', async () => {
    const set = normal(4, 2, 'a');
    expect(await tensorsKept(() => frechetDistance(set, set))).to.equal(0);
  });
});

describe('the kernel distance', () => {
  withTensorFlow();

  for (const { name, cleanKid } of reference.cases) {
    if (cleanKid === undefined) continue;
    it(`equals that of clean-fid: ${name}`, async () => {
      expect(await kernelDistance(...sets(name), Random.fromSeed(1))).to.be.closeTo(cleanKid, 1e-12);
    });
  }

  it('is correct for two images with one feature each, computed by hand', async () => {
    const one = { rows: 2, columns: 1, numbers: Float32Array.of(0, 1) };
    const other = { rows: 2, columns: 1, numbers: Float32Array.of(2, 3) };
    // k(x, y) = (xy + 1)³: within 1 and 7³ = 343; between 1, 1, 3³ = 27 and 4³ = 64, of which the mean is 23.25.
    expect(await kernelDistance(one, other, Random.fromSeed(1))).to.be.closeTo(1 + 343 - 2 * 23.25, 1e-9);
  });

  it('is a mean over subsets of larger sets, drawn by the seed, close to that of the whole sets', async () => {
    const [one, other] = [features([60, 0.1, 1], 3), features([20, 0.7, 1.4], 3)];
    const distance = (seed: number) => kernelDistance(one, other, Random.fromSeed(seed));
    expect(await distance(1)).to.equal(await distance(1));
    expect(await distance(1)).not.to.equal(await distance(2));
    expect(await distance(1)).to.be.closeTo(ofTheWhole(one, other), 0.05);
  });

  /** The unbiased MMD², pair by pair. */
  function ofTheWhole(one: Matrix, other: Matrix): number {
    const row = ({ columns, numbers }: Matrix, index: number) =>
      numbers.subarray(index * columns, (index + 1) * columns);
    const kernel = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      (Array.from(x).reduce((sum, each, index) => sum + each * y[index]!, 0) / x.length + 1) ** 3;
    const mean = (a: Matrix, b: Matrix) => {
      const rows = (set: Matrix) => Array.from({ length: set.rows }, (_, index) => index);
      const pairs = rows(a).flatMap((i) =>
        rows(b).flatMap((j) => (a === b && i === j ? [] : [kernel(row(a, i), row(b, j))])),
      );
      return pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
    };
    return mean(one, one) + mean(other, other) - 2 * mean(one, other);
  }
});
