import type { Display } from './display';
import { duration } from '../util/format';

/** Minimum interval between two lines of a bar. */
const LINE_INTERVAL_SECONDS = 15;

/** Display that prints lines only. */
export class PlainDisplay implements Display {
  private name = '';
  private total = 0;
  private first = 0;
  private startedAt = 0;
  private printedAt = 0;

  constructor(private readonly stream: { write(text: string): unknown }) {}

  line(text: string): void {
    this.stream.write(`${text}\n`);
  }

  start(name: string, total: number, done = 0): void {
    this.name = name;
    this.total = total;
    this.first = done;
    this.startedAt = this.printedAt = performance.now();
  }

  update(done: number, note: string): void {
    const now = performance.now();
    if (now - this.printedAt < LINE_INTERVAL_SECONDS * 1000) return;
    this.printedAt = now;
    const remaining = ((now - this.startedAt) / 1000 / (done - this.first)) * (this.total - done);
    this.line(`${this.name} ${done}/${this.total}  ${duration(remaining)} left  ${note}`.trimEnd());
  }

  stop(): void {
    this.name = '';
  }
}
