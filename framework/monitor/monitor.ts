import type { Display } from './display';
import { printable } from '../util/printable';
import { duration } from '../util/format';

/**
 * Reports the progress of a run: sections, iterations and the outer loop, each with its time, as labml's `monit`. Control characters in
 * names and texts are escaped.
 */
export class Monitor {
  /** Number of bars started. */
  private bars = 0;
  private notes: Readonly<Record<string, number>> = {};

  private readonly copies = new Set<(line: string) => void>();

  constructor(private readonly display: Display) {}

  /** Also passes each line to `write`. @returns a function that ends this */
  copyLines(write: (line: string) => void): () => void {
    this.copies.add(write);
    return () => this.copies.delete(write);
  }

  /** Prints a line. */
  log(text: string): void {
    const line = printable(text);
    this.display.line(line);
    for (const write of this.copies) write(line);
  }

  /** Sets numbers shown next to the progress. */
  note(values: Readonly<Record<string, number>>): void {
    this.notes = { ...this.notes, ...values };
  }

  /** Runs `work` and logs its duration. */
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

  /** Same as `section` for synchronous work. */
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

  /** Yields items and shows the progress and the remaining time; can be nested. @param total number of items */
  async *iterate<T>(name: string, items: Iterable<T> | AsyncIterable<T>, total: number): AsyncGenerator<T> {
    let done = 0;
    let bar: number | undefined;
    const show = (): void => {
      if (bar === this.bars) return;
      this.display.start(printable(name), total, done);
      bar = ++this.bars;
    };
    show();
    try {
      for await (const item of items) {
        yield item;
        // A nested iteration has replaced the bar.
        show();
        this.display.update(++done, this.noteText());
      }
    } finally {
      this.display.stop();
    }
  }

  /**
   * Yields epochs, and after each logs the noted numbers, its duration and the remaining time.
   * @param total maximum number of epochs
   * @param progress returns the completed fraction of all work, in [0, 1]; that of the epochs by default
   */
  *loop(total: number, first = 0, progress?: () => number): Generator<number> {
    const startedAt = performance.now();
    const before = progress?.() ?? first / total;
    for (let epoch = first; epoch < total; epoch++) {
      const epochStartedAt = performance.now();
      yield epoch;
      const done = progress?.() ?? (epoch + 1) / total;
      const remaining = ((performance.now() - startedAt) / 1000 / (done - before)) * (1 - done);
      const parts = [
        `epoch ${epoch + 1}/${total}`,
        this.noteText(),
        since(epochStartedAt),
        `${duration(remaining)} left`,
      ];
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
