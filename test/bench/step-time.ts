/** What the time of a step follows from. Seconds, bytes, bytes a second. */
export interface Machine {
  /** Of forward pass, backward pass and update on a worker's share. */
  readonly compute: number;
  /** Of the gradients. */
  readonly bytes: number;
  /** That a worker's numbers travel at. */
  readonly bandwidth: number;
  /** Of one message between two workers. */
  readonly latency: number;
  /** The buffers that gradients travel in. */
  readonly buffers: number;
  /** The share of the exchange that the backward pass hides, in [0, 1]. */
  readonly hidden: number;
  /** How much one worker's steps differ: the standard deviation of `compute`. */
  readonly spread: number;
}

/**
 * Seconds of an all-reduce in a ring (Patarasuk and Yuan 2009): 2 (n - 1) messages one after the other for each buffer, and 2 (n - 1) / n of the
 * bytes through each worker's connection.
 */
export function allReduceTime(workers: number, { bytes, bandwidth, latency, buffers }: Machine): number {
  const messages = 2 * (workers - 1);
  return messages * latency * buffers + (messages / workers) * (bytes / bandwidth);
}

/**
 * Seconds of a step, the share of each worker being the same however many there are. All wait for the slowest: the expected largest of n normal
 * draws is about σ √(2 ln n).
 */
export function stepTime(workers: number, machine: Machine): number {
  const { compute, hidden, spread } = machine;
  const slowest = compute + spread * Math.sqrt(2 * Math.log(workers));
  const exchange = allReduceTime(workers, machine);
  // No more can be hidden than there is to hide behind: the backward pass is about two thirds of the computing.
  return slowest + exchange - Math.min(hidden * exchange, (2 / 3) * compute);
}

/** What share of n times one worker's speed is reached. */
export function efficiency(workers: number, machine: Machine): number {
  return stepTime(1, machine) / stepTime(workers, machine);
}
