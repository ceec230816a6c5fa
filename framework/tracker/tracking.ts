import { UserError, messageOf } from '../errors';
import type { MetricsState, Picture, Scalars, Tracker } from '../kinds/tracker';

/** Numbers under a name's part: `tracking.namespace('valid').add('loss', 0.1)` is `valid/loss`. */
export interface Namespace {
  add(name: string, value: number): void;
}

/**
 * Gathers what a run measures and hands it to every tracker. Several values of a name between two saves become their mean, as in
 * labml's tracker. A tracker that fails does not fail the run: it is told of once, and left out from then on.
 */
export class Tracking implements Namespace {
  private readonly queued = new Map<string, { sum: number; count: number }>();
  private trackers: readonly Tracker[] = [];
  private readonly failed = new Set<unknown>();
  private beside: () => Scalars = () => ({});
  private latest: Scalars = {};

  /** @param tell takes what the user is to know of a tracker that fails */
  constructor(private readonly tell: (text: string) => void) {}

  /**
   * Sets where the numbers go from now on.
   * @param resumedAfter the last step whose points are kept, if the run is resumed; every point after it is logged again
   */
  use(trackers: readonly Tracker[], resumedAfter?: number): void {
    this.trackers = trackers;
    if (resumedAfter !== undefined) this.each((tracker) => tracker.resume?.(resumedAfter));
  }

  /** A copy of what a checkpoint keeps. */
  get state(): MetricsState {
    const means = [...this.queued].map(([name, { sum, count }]) => {
      return [name, { sum: Number.isFinite(sum) ? sum : String(sum), count }] as const;
    });
    return { metrics: this.latest, means: Object.fromEntries(means) };
  }

  /** Restores what a checkpoint kept, in place of what was gathered since. */
  restore({ metrics, means = {} }: MetricsState): void {
    this.latest = metrics;
    this.queued.clear();
    for (const [name, { sum, count }] of Object.entries(means)) this.queued.set(name, { sum: Number(sum), count });
  }

  /** Numbers that go along with every save from now on: by themselves they make none. */
  addSource(beside: () => Scalars): void {
    this.beside = beside;
  }

  /** Queues a number until the next `save`. @throws UserError where the name is none */
  add(name: string, value: number): void {
    const mean = this.queued.get(name);
    if (!mean) {
      this.set(name, value);
      return;
    }
    mean.sum += value;
    mean.count++;
  }

  /** Keeps a number until the next `save`: of several the last counts, not their mean. @throws UserError where the name is none */
  set(name: string, value: number): void {
    checkName(name);
    this.queued.set(name, { sum: value, count: 1 });
  }

  namespace(prefix: string): Namespace {
    return { add: (name, value) => this.add(`${prefix}/${name}`, value) };
  }

  /** Hands on the mean of what was queued, if anything was. @param step the global step */
  save(step: number): void {
    if (this.queued.size === 0) return;
    const means = Object.fromEntries([...this.queued].map(([name, { sum, count }]) => [name, sum / count]));
    this.queued.clear();
    this.latest = { ...this.latest, ...means };
    const all = { ...means, ...this.beside() };
    this.each((tracker) => tracker.scalars(step, all));
  }

  async picture(step: number, name: string, picture: Picture): Promise<void> {
    for (const tracker of this.trackers) {
      try {
        await tracker.picture(step, name, picture);
      } catch (error) {
        this.disable(tracker, error);
      }
    }
  }

  /** @param definition makes it, where a tracker takes it */
  graph(definition: () => Buffer | undefined): void {
    if (!this.trackers.some((tracker) => 'graph' in tracker)) return;
    const made = definition();
    if (made) this.each((tracker) => tracker.graph?.(made));
  }

  record(step: number, record: Buffer): void {
    this.each((tracker) => tracker.record?.(step, record));
  }

  flush(): void {
    this.each((tracker) => tracker.flush());
  }

  /**
   * Takes what something threw when it was closed. @returns whether it was a tracker, of which the user knows now, and no other harm done
   */
  handleCloseError(closed: unknown, error: unknown): boolean {
    const tracker = this.trackers.find((each) => each === closed);
    if (tracker) this.disable(tracker, error);
    return tracker !== undefined || this.failed.has(closed);
  }

  private each(action: (tracker: Tracker) => void): void {
    for (const tracker of this.trackers) {
      try {
        action(tracker);
      } catch (error) {
        this.disable(tracker, error);
      }
    }
  }

  private disable(tracker: Tracker, error: unknown): void {
    this.failed.add(tracker);
    this.trackers = this.trackers.filter((each) => each !== tracker);
    this.tell(
      `${tracker.constructor.name} failed, and is left out from now on: ${messageOf(error)}. Training goes on.`,
    );
  }
}

/** What a line of metrics has of its own. */
const TAKEN = ['step', 'time'];

function checkName(name: string): void {
  if (name === '') throw new UserError('A metric has an empty name.');
  if (TAKEN.includes(name))
    throw new UserError(`A metric cannot be called ${name}: every line of metrics has that already.`);
}
