import { printable } from '../util/printable';

/** Tells of the setup's steps, a line each, with the seconds that each took. */
export class Progress {
  constructor(private readonly write: (text: string) => void = (text) => process.stderr.write(text)) {}

  say(line: string): void {
    this.write(`${printable(line)}\n`);
  }

  /** Does a step's work; the line is finished when the work is. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    this.write(`  ${printable(title)} ...`);
    try {
      const result = await work();
      this.write(` ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      return result;
    } catch (error) {
      this.write(' failed\n');
      throw error;
    }
  }
}
