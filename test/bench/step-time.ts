/** What the time of an exchange follows from. Seconds, bytes, bytes a second. */
export interface Connections {
  /** Of the gradients. */
  readonly bytes: number;
  /** That a worker's numbers travel at. */
  readonly bandwidth: number;
  /** Of one message between two workers. */
  readonly latency: number;
  /** The buffers that gradients travel in. */
  readonly buffers: number;
}

/** What the time of a step follows from. */
export interface Machine extends Connections {
  /** Of forward pass, backward pass and update on a worker's share. */
  readonly compute: number;
  /** The share of the exchange that the backward pass hides, in [0, 1]. */
  readonly hidden: number;
  /** How much one worker's steps differ: the standard deviation of `compute`. */
  readonly spread: number;
}

/**
 * Seconds of an all-reduce by halving and doubling, as MPI has it for large buffers (Thakur, Rabenseifner and Gropp 2005): 2 log₂ n messages one
 * after the other for each buffer, and 2 (n - 1) / n of the bytes through each worker's connection.
 */
export function allReduceTime(workers: number, { bytes, bandwidth, latency, buffers }: Connections): number {
  const messages = 2 * Math.ceil(Math.log2(workers));
  return messages * latency * buffers + ((2 * (workers - 1)) / workers) * (bytes / bandwidth);
}

/** The same where so many workers of each machine add up their numbers first, and one of them exchanges the sums with the other machines. */
export function hierarchicalTime(
  workers: number,
  perMachine: number,
  onOneMachine: Connections,
  between: Connections,
): number {
  const beside = Math.min(workers, perMachine);
  return allReduceTime(beside, onOneMachine) + allReduceTime(workers / beside, between);
}

/**
 * Seconds of a step, the share of each worker being the same however many there are. All wait for the slowest: the expected largest of n normal
 * draws is about σ √(2 ln n).
 */
export function stepTime(workers: number, machine: Machine, exchange = allReduceTime(workers, machine)): number {
  const { compute, hidden, spread } = machine;
  const slowest = compute + spread * Math.sqrt(2 * Math.log(workers));
  // No more can be hidden than there is to hide behind: the backward pass is about two thirds of the computing.
  return slowest + exchange - Math.min(hidden * exchange, (2 / 3) * compute);
}

/** What share of n times one worker's speed is reached. */
export function efficiency(workers: number, machine: Machine, exchange?: number): number {
  return stepTime(1, machine) / stepTime(workers, machine, exchange);
}
