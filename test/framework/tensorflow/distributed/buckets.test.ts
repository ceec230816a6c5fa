import { expect } from 'chai';
import { bucketsOf } from '../../../../framework/tensorflow/distributed/buckets';

describe('Buffers for gradients', () => {
  const sizesOf = (sizes: readonly number[], minElements: number) =>
    bucketsOf(
      sizes.map((size) => ({ size })),
      minElements,
    ).map((bucket) => bucket.map(({ size }) => size));

  it('combine neighbours until they are large enough', () => {
    expect(sizesOf([3, 3, 3, 10, 1, 1], 5)).to.deep.equal([
      [3, 3],
      [3, 10],
      [1, 1],
    ]);
  });

  it('are empty for no gradients', () => {
    expect(sizesOf([], 5)).to.deep.equal([]);
  });
});
