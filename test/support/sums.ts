import { expect } from 'chai';
import { numberOf } from './mpi-numbers';
import type { Printed } from './mpiexec';

/** A tensor that workers have added up. */
export interface Sum {
  readonly size: number;
  readonly first: number;
  readonly last: number;
  /** SHA-256 of its numbers. */
  readonly bits: string;
}

/** The tensors that `mpi-worker.ts` adds up, by their sizes, at its second step. */
const SIZES = [1, 3, 70_000, 0, 2, 200_001, 4, 2 ** 22 + 1];

/** Expects that so many workers have the sums of all tensors, to the same bits. */
export function expectSums(printed: readonly Printed[], count: number): void {
  expect(printed.map(({ index }) => index)).to.deep.equal(Array.from({ length: count }, (_, index) => index));
  const [first, ...others] = printed.map(({ result }) => (result as Sum[]).slice(0, SIZES.length));
  for (const other of others) expect(other).to.deep.equal(first);
  for (const [which, sum] of first!.entries()) {
    const size = SIZES[which]!;
    expect(sum.size).to.equal(size);
    if (size === 0) continue;
    const exact = (position: number) =>
      2 * printed.reduce((total, { index }) => total + numberOf(index, which, position), 0);
    expect(sum.first, `tensor ${which}`).to.be.closeTo(exact(0), 1e-5);
    expect(sum.last, `tensor ${which}`).to.be.closeTo(exact(size - 1), 1e-5);
  }
}
