import { environmentVariable } from '../util/environment-variable';
import { UserError } from '../errors';
import type { Cluster, Environment } from './cluster';

/** Seconds between two signs of life. */
export const BEAT_SECONDS = 2;

/** How long things may take, in seconds. */
export interface Patience {
  /** For every worker to be there. */
  readonly meeting: number;
  /** For a sign of life of another. */
  readonly silence: number;
}

/** The longest that a timer can wait: 2³¹ - 1 milliseconds. */
const MAX_SECONDS = 2_147_483;

/** Variable of the environment: the seconds that every worker has to be there. */
const MEETING_SECONDS = 'EXPLAB_MEETING_SECONDS';

/** Less than the minute within which a fault is to be told, unless the environment gives machines that start slowly more time. */
export function patienceFrom(environment: Environment): Patience {
  const text = environmentVariable(MEETING_SECONDS, environment) ?? '55';
  const meeting = Number(text);
  if (meeting > 0 && meeting <= MAX_SECONDS) return { meeting, silence: 45 };
  throw new UserError(`${MEETING_SECONDS}=${text}: expected a number of seconds above 0, and at most ${MAX_SECONDS}.`);
}

/**
 * What each worker holds of the others: by it they come together, and learn that one has failed. It is used beside TensorFlow's own
 * connections, which only say that something is amiss.
 */
export abstract class Connection {
  private readonly failing: Promise<never>;
  private reject: (error: UserError) => void = () => undefined;
  private failure: UserError | undefined;
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
  abstract together<T, R>(name: string, value: T, answer: (values: readonly T[]) => R): Promise<R>;

  /** Waits for something, but no longer than the run can go on. @throws UserError saying which worker has failed */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failing]);
  }

  /** What ended the run on another worker, where something has. */
  get failed(): UserError | undefined {
    return this.failure;
  }

  /** Tells the others that this worker cannot go on. @param word what ended it */
  abstract giveUp(word: string): void;

  /** Leaves, when the run is over for all. */
  abstract close(): void;

  /** Learns that the run cannot go on. */
  protected fail(word: string): void {
    if (this.isOver || this.failure) return;
    this.failure = new UserError(word);
    this.reject(this.failure);
  }
}
