import type { Variable } from './variable';

/** Numbers that are lent: float32, valid until the borrower's promise is settled. */
export interface TensorData {
  readonly numbers: Float32Array;
  /** Whether there may be a number that is not finite: false is certain, true is a reason to look. */
  readonly mayBeNonFinite: boolean;
}

/** The values that variables had at one moment. They stay, whatever steps make of the variables meanwhile. */
export interface Snapshot {
  /**
   * Lends the numbers of a variable.
   * @param order of its axes, where another one is wanted than the variable's
   */
  withData<T>(
    variable: Variable,
    order: readonly number[] | undefined,
    borrower: (lent: TensorData) => Promise<T>,
  ): Promise<T>;

  /** Frees the values. Nothing may be lent any more. */
  dispose(): void;
}
