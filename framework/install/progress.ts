import { printable } from '../util/printable';

/** Prints the steps of a setup, one line each, with the seconds each took. */
export class Progress {
  constructor(private readonly write: (text: string) => void = (text) => process.stderr.write(text)) {}

  log(line: string): void {
    this.write(`${printable(line)}\n`);
  }

  /** Runs a step; its line is completed when the step is. */
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
