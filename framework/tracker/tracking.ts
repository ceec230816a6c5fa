import type { Artifact } from '../artifacts/artifact';
import { UserError, messageOf } from '../errors';
import type { MetricsState, Scalars, Tracker } from '../kinds/tracker';

/** Metrics with a common prefix: `tracking.namespace('valid').add('loss', 0.1)` adds `valid/loss`. */
export interface Namespace {
  add(name: string, value: number): void;
}

/**
 * Collects the metrics of a run and passes them to every tracker. Several values of a metric between two saves are averaged, as in
 * labml's tracker. A tracker that fails does not fail the run: it is reported once and disabled.
 */
export class Tracking implements Namespace {
  private readonly queued = new Map<string, { sum: number; count: number }>();
  private trackers: readonly Tracker[] = [];
  private readonly failed = new Set<unknown>();
  private source: () => Scalars = () => ({});
  private latest: Scalars = {};

  /** @param log receives reports of trackers that fail */
  constructor(private readonly log: (text: string) => void) {}

  /**
   * Sets the trackers.
   * @param resumedAfter last step whose points are kept, for a resumed run; every point after it is logged again
   */
  use(trackers: readonly Tracker[], resumedAfter?: number): void {
    this.trackers = trackers;
    if (resumedAfter !== undefined) this.each((tracker) => tracker.resume?.(resumedAfter));
  }

  /** Copy of the state saved in checkpoints. */
  get state(): MetricsState {
    const means = [...this.queued].map(([name, { sum, count }]) => {
      return [name, { sum: Number.isFinite(sum) ? sum : String(sum), count }] as const;
    });
    return { metrics: this.latest, means: Object.fromEntries(means) };
  }

  /** Restores the state of a checkpoint, and drops the values collected since. */
  restore({ metrics, means = {} }: MetricsState): void {
    this.latest = metrics;
    this.queued.clear();
    for (const [name, { sum, count }] of Object.entries(means)) this.queued.set(name, { sum: Number(sum), count });
  }

  /** Sets a source of further metrics for every save; they do not cause a save themselves. */
  addSource(source: () => Scalars): void {
    this.source = source;
  }

  /** Adds a value to the mean of the next `save`. @throws UserError if the name is invalid */
  add(name: string, value: number): void {
    const mean = this.queued.get(name);
    if (!mean) {
      this.set(name, value);
      return;
    }
    mean.sum += value;
    mean.count++;
  }

  /** Sets the value of the next `save`, in place of any mean. @throws UserError if the name is invalid */
  set(name: string, value: number): void {
    checkName(name);
    this.queued.set(name, { sum: value, count: 1 });
  }

  namespace(prefix: string): Namespace {
    return { add: (name, value) => this.add(`${prefix}/${name}`, value) };
  }

  /** Returns the means of the values that `work` adds, without saving them. */
  async collect(work: () => Promise<void>): Promise<Record<string, number>> {
    const before = new Map(this.queued);
    this.queued.clear();
    try {
      await work();
      return this.means;
    } finally {
      this.queued.clear();
      for (const [name, mean] of before) this.queued.set(name, mean);
    }
  }

  private get means(): Record<string, number> {
    return Object.fromEntries([...this.queued].map(([name, { sum, count }]) => [name, sum / count]));
  }

  /** Passes the means of the collected values to the trackers, if there are any. @param step the global step */
  save(step: number): void {
    if (this.queued.size === 0) return;
    const { means } = this;
    this.queued.clear();
    this.latest = { ...this.latest, ...means };
    const all = { ...means, ...this.source() };
    this.each((tracker) => tracker.scalars(step, all));
  }

  /** @param path of the artifact's file, relative to the run's folder, if it could be written */
  async artifact(step: number, name: string, artifact: Artifact, path?: string): Promise<void> {
    for (const tracker of this.trackers) {
      try {
        await tracker.artifact?.(step, name, artifact, path);
      } catch (error) {
        this.disable(tracker, error);
      }
    }
  }

  /** @param definition creates the graph; only called if a tracker supports graphs */
  graph(definition: () => Buffer | undefined): void {
    if (!this.trackers.some((tracker) => 'graph' in tracker)) return;
    const graph = definition();
    if (graph) this.each((tracker) => tracker.graph?.(graph));
  }

  record(step: number, record: Buffer): void {
    this.each((tracker) => tracker.record?.(step, record));
  }

  flush(): void {
    this.each((tracker) => tracker.flush());
  }

  /**
   * Handles an error thrown by `close`. @returns true if it came from a tracker, which has been reported; false if it must be rethrown
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
    this.log(
      `${tracker.constructor.name} failed and is disabled for the rest of this process: ${messageOf(error)}. Training continues.`,
    );
  }
}

/** Fields of every line of metrics. */
const RESERVED_NAMES = ['step', 'time'];

function checkName(name: string): void {
  if (name === '') throw new UserError('A metric has an empty name.');
  if (RESERVED_NAMES.includes(name)) throw new UserError(`A metric cannot be named ${name}: the name is reserved.`);
}
