import { UserError } from '../errors';
import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import { environmentVariable } from '../util/environment-variable';
import type { Cluster, Environment } from './cluster';

/** Seconds between two heartbeats. */
export const HEARTBEAT_SECONDS = 2;

/** How long things may take, in seconds. */
export interface Timeouts {
  /** For every worker to be there. */
  readonly rendezvous: number;
  /** Between two heartbeats of another. */
  readonly heartbeat: number;
  /** For a worker to join an exchange that others wait in. */
  readonly exchange: number;
}

/** The longest that a timer can wait: 2³¹ - 1 milliseconds. */
const MAX_SECONDS = 2_147_483;

/** Less than the minute within which a fault is to be told, unless the environment gives machines that are slow more time. */
export function timeoutsFrom(environment: Environment): Timeouts {
  return {
    rendezvous: secondsFrom(environment, 'EXPLAB_MEETING_SECONDS', 55),
    heartbeat: 45,
    exchange: secondsFrom(environment, 'EXPLAB_EXCHANGE_SECONDS', 600),
  };
}

function secondsFrom(environment: Environment, name: string, otherwise: number): number {
  const text = environmentVariable(name, environment) ?? String(otherwise);
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new UserError(`${name}=${text}: expected a number of seconds above 0, and at most ${MAX_SECONDS}.`);
}

/** Another worker has failed. */
export class WorkerFailed extends UserError {}

/** What each worker holds of the others: by it they come together, and learn that one has failed. */
export abstract class Connection {
  /** How far this worker's exchanges have come, where that can be told. */
  progress: (() => ExchangeProgress) | undefined;
  /** Whether this worker computes a step; between two, the others may have to wait for it. */
  isStepping = false;
  private readonly failing: Promise<never>;
  private reject: (error: UserError) => void = () => undefined;
  private failure: WorkerFailed | undefined;
  protected isOver = false;

  constructor(readonly cluster: Cluster) {
    this.failing = new Promise((_, reject) => (this.reject = reject));
    // Whoever waits for something hears of it.
    this.failing.catch(() => undefined);
  }

  /**
   * Comes together with all workers: returns when each of them has called it.
   * @param name what for; all must come together for the same things in the same order
   * @param value what this worker has to say, as JSON can
   * @param answer what the chief makes of what all have to say, in their order; what it throws ends the run for all
   * @returns the answer
   * @throws UserError saying which worker has failed
   */
  abstract gather<T, R>(name: string, value: T, answer: (values: readonly T[]) => R): Promise<R>;

  /** Waits for something, but no longer than the run can go on. @throws UserError saying which worker has failed */
  guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failing]);
  }

  /** What ended the run on another worker, where something has. */
  get failed(): WorkerFailed | undefined {
    return this.failure;
  }

  /** Tells the others that this worker cannot go on. @param word what ended it */
  abstract abort(word: string): void;

  /** Leaves, when the run is over for all. */
  abstract close(): void;

  /** Learns that the run cannot go on. */
  fail(word: string): void {
    if (this.isOver || this.failure) return;
    this.failure = new WorkerFailed(word);
    this.reject(this.failure);
  }
}
