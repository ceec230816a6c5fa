import type { Picture, Scalars, Tracker } from '../kinds/tracker';

/** Numbers under a name's part: `tracking.namespace('valid').add('loss', 0.1)` is `valid/loss`. */
export interface Namespace {
  add(name: string, value: number): void;
}

/**
 * Gathers what a run measures and hands it to every tracker. Several values of a name between two saves become their mean, as in
 * labml's tracker.
 */
export class Tracking implements Namespace {
  private readonly queued = new Map<string, number[]>();
  private trackers: readonly Tracker[] = [];
  private beside: () => Scalars = () => ({});
  /** The last value of each name that was handed on. */
  latest: Scalars = {};

  /** Where the numbers go from now on. */
  use(trackers: readonly Tracker[]): void {
    this.trackers = trackers;
  }

  /** Numbers that go along with every save from now on: by themselves they make none. */
  accompany(beside: () => Scalars): void {
    this.beside = beside;
  }

  /** Queues a number until the next `save`. */
  add(name: string, value: number): void {
    const values = this.queued.get(name) ?? [];
    this.queued.set(name, values);
    values.push(value);
  }

  /** Keeps a number until the next `save`: of several the last counts, not their mean. */
  set(name: string, value: number): void {
    this.queued.set(name, [value]);
  }

  namespace(prefix: string): Namespace {
    return { add: (name, value) => this.add(`${prefix}/${name}`, value) };
  }

  /** Hands on the mean of what was queued, if anything was. @param step the global step */
  save(step: number): void {
    if (this.queued.size === 0) return;
    const means = Object.fromEntries([...this.queued].map(([name, values]) => [name, mean(values)]));
    this.queued.clear();
    this.latest = { ...this.latest, ...means };
    const all = { ...means, ...this.beside() };
    for (const tracker of this.trackers) tracker.scalars(step, all);
  }

  async picture(step: number, name: string, picture: Picture): Promise<void> {
    for (const tracker of this.trackers) await tracker.picture(step, name, picture);
  }

  /** @param definition makes it, where a tracker takes it */
  graph(definition: () => Buffer | undefined): void {
    const takers = this.trackers.filter((tracker) => 'graph' in tracker);
    const made = takers.length > 0 ? definition() : undefined;
    for (const tracker of takers) if (made) tracker.graph?.(made);
  }

  record(step: number, record: Buffer): void {
    for (const tracker of this.trackers) tracker.record?.(step, record);
  }

  flush(): void {
    for (const tracker of this.trackers) tracker.flush();
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
