import type { Display } from './display';
import { duration } from '../util/format';

/** Seconds between two lines of one bar: enough to see life in a log, few enough to read it. */
const QUIET_SECONDS = 15;

/** Lines only. */
export class PlainDisplay implements Display {
  private name = '';
  private total = 0;
  private startedAt = 0;
  private saidAt = 0;

  constructor(private readonly stream: { write(text: string): unknown }) {}

  line(text: string): void {
    this.stream.write(`${text}\n`);
  }

  start(name: string, total: number): void {
    this.name = name;
    this.total = total;
    this.startedAt = this.saidAt = performance.now();
  }

  update(done: number, note: string): void {
    const now = performance.now();
    if (now - this.saidAt < QUIET_SECONDS * 1000) return;
    this.saidAt = now;
    const left = ((now - this.startedAt) / 1000 / done) * (this.total - done);
    this.line(`${this.name} ${done}/${this.total}  ${duration(left)} left  ${note}`.trimEnd());
  }

  stop(): void {
    this.name = '';
  }
}
