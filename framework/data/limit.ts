/** Limits the number of concurrent tasks; the others queue. */
export class Limit {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly maxConcurrent: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.maxConcurrent) this.running++;
    else await new Promise<void>((start) => this.queue.push(start));
    try {
      return await work();
    } finally {
      // The slot goes to the task that has waited longest, or becomes free.
      const next = this.queue.shift();
      if (next) next();
      else this.running--;
    }
  }
}
