/** How much noise is added at each step of the forward process. */
export abstract class NoiseSchedule {
  /**
   * @param steps T in the paper
   * @returns β_1 to β_T, each in (0, 1), at the indices 0 to T - 1
   */
  abstract betas(steps: number): Float64Array;
}
