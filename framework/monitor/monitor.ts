import type { Display } from './display';
import { printable } from '../util/printable';
import { duration } from '../util/format';

/**
 * Tells how a run goes on: sections, iterations and the outer loop, each with its time, as labml's `monit` does. Control characters in names
 * and texts are shown as escapes.
 */
export class Monitor {
  private notes: Readonly<Record<string, number>> = {};

  constructor(private readonly display: Display) {}

  /** Prints a line. */
  log(text: string): void {
    this.display.line(printable(text));
  }

  /** Numbers shown beside the progress from now on. */
  note(values: Readonly<Record<string, number>>): void {
    this.notes = { ...this.notes, ...values };
  }

  /** Does a piece of work and tells how long it took. */
  async section<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await work();
      this.log(`${name} ... ${since(startedAt)}`);
      return result;
    } catch (error) {
      this.log(`${name} ... failed after ${since(startedAt)}`);
      throw error;
    }
  }

  /** The same for work that is done at once. */
  sectionSync<T>(name: string, work: () => T): T {
    const startedAt = performance.now();
    try {
      const result = work();
      this.log(`${name} ... ${since(startedAt)}`);
      return result;
    } catch (error) {
      this.log(`${name} ... failed after ${since(startedAt)}`);
      throw error;
    }
  }

  /** Passes items on with progress and the time left. @param total how many items there will be */
  async *iterate<T>(name: string, items: Iterable<T> | AsyncIterable<T>, total: number): AsyncGenerator<T> {
    this.display.start(printable(name), total);
    let done = 0;
    try {
      for await (const item of items) {
        yield item;
        this.display.update(++done, this.noteText());
      }
    } finally {
      this.display.stop();
    }
  }

  /**
   * Counts epochs, and after each says what was noted, the time it took and the time left.
   * @param total how many epochs there are at most
   * @param progress the share of all work that is done, in [0, 1]; left out, that of the epochs
   */
  *loop(total: number, first = 0, progress?: () => number): Generator<number> {
    const startedAt = performance.now();
    const before = progress?.() ?? first / total;
    for (let epoch = first; epoch < total; epoch++) {
      const epochStartedAt = performance.now();
      yield epoch;
      const done = progress?.() ?? (epoch + 1) / total;
      const left = ((performance.now() - startedAt) / 1000 / (done - before)) * (1 - done);
      const parts = [`epoch ${epoch + 1}/${total}`, this.noteText(), since(epochStartedAt), `${duration(left)} left`];
      this.log(parts.filter(Boolean).join('  '));
    }
  }

  private noteText(): string {
    return Object.entries(this.notes)
      .map(([name, value]) => `${printable(name)} ${value.toPrecision(4)}`)
      .join('  ');
  }
}

function since(startedAt: number): string {
  return duration((performance.now() - startedAt) / 1000);
}
