import type { Variable } from './variable';

/** Borrowed float32 values, valid until the borrower's promise settles. */
export interface TensorData {
  readonly numbers: Float32Array;
  /** Whether there may be a non-finite value: false is certain, true requires a check. */
  readonly mayBeNonFinite: boolean;
}

/** Values of variables at one moment. They are not affected by later steps. */
export interface Snapshot {
  /**
   * Lends the values of a variable.
   * @param order order of its axes, if different from the variable's
   */
  withData<T>(
    variable: Variable,
    order: readonly number[] | undefined,
    borrower: (lent: TensorData) => Promise<T>,
  ): Promise<T>;

  /** Frees the values. No value may be lent at the time or later. */
  dispose(): void;
}
