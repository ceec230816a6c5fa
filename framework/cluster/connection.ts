import { UserError } from '../errors';
import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import { environmentVariable } from '../util/environment-variable';
import type { Cluster, Environment } from './cluster';

/** Seconds between two heartbeats. */
export const HEARTBEAT_SECONDS = 2;

/** Timeouts in seconds. */
export interface Timeouts {
  /** Until all workers have connected. */
  readonly rendezvous: number;
  /** Between two heartbeats of a worker. */
  readonly heartbeat: number;
  /** Until a worker joins an exchange that others wait in. */
  readonly exchange: number;
}

/** Maximum delay of a timer: 2³¹ - 1 milliseconds. */
const MAX_SECONDS = 2_147_483;

/** Below a minute, in which every fault must be reported; the environment can extend them for slow machines. */
export function timeoutsFrom(environment: Environment): Timeouts {
  return {
    rendezvous: secondsFrom(environment, 'EXPLAB_MEETING_SECONDS', 55),
    heartbeat: 45,
    exchange: secondsFrom(environment, 'EXPLAB_EXCHANGE_SECONDS', 600),
  };
}

function secondsFrom(environment: Environment, name: string, fallback: number): number {
  const text = environmentVariable(name, environment) ?? String(fallback);
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new UserError(`${name}=${text}: expected a number of seconds above 0 and at most ${MAX_SECONDS}.`);
}

/** Another worker has failed. */
export class WorkerFailed extends UserError {}

/** A worker's connection to the others, used to gather values and to detect failures. */
export abstract class Connection {
  /** Returns the progress of this worker's exchanges, if known. */
  progress: (() => ExchangeProgress) | undefined;
  /** Whether this worker is computing a step; between steps it may keep the others waiting. */
  isStepping = false;
  private readonly failing: Promise<never>;
  private reject: (error: UserError) => void = () => undefined;
  private failure: WorkerFailed | undefined;
  protected isOver = false;

  constructor(readonly cluster: Cluster) {
    this.failing = new Promise((_, reject) => (this.reject = reject));
    // Reported by `guard`.
    this.failing.catch(() => undefined);
  }

  /**
   * Gathers a value of every worker: returns when each of them has called it.
   * @param name purpose; all workers must gather the same names in the same order
   * @param value value of this worker; must be JSON
   * @param answer computes the answer on the chief from all values, in worker order; if it throws, the run ends for all
   * @returns the answer
   * @throws UserError saying which worker has failed
   */
  abstract gather<T, R>(name: string, value: T, answer: (values: readonly T[]) => R): Promise<R>;

  /** Waits for work unless another worker fails first. @throws UserError saying which worker has failed */
  guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failing]);
  }

  /** The failure of another worker, if any. */
  get failed(): WorkerFailed | undefined {
    return this.failure;
  }

  /** Notifies the others that this worker cannot continue. @param reason error message */
  abstract abort(reason: string): void;

  /** Disconnects when the run is over for all. */
  abstract close(): void;

  /** Records that the run cannot continue. */
  fail(reason: string): void {
    if (this.isOver || this.failure) return;
    this.failure = new WorkerFailed(reason);
    this.reject(this.failure);
  }
}
