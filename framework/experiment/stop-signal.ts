/** Exit codes by signal, as shells count them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Whether somebody has asked for an end. The first signal lets the step finish and be saved; the second ends at once. */
export class StopSignal {
  /** The exit code that goes with the signal; undefined until there was one. */
  exitCode: number | undefined;

  /** Where several workers train together, whether they have agreed to stop: one that stops by itself would keep the others waiting. */
  together: { readonly stopping: boolean } | undefined;

  /** @param onFirst told at the first signal */
  constructor(private readonly onFirst: () => void) {}

  /** Whether this process was asked. */
  get asked(): boolean {
    return this.exitCode !== undefined;
  }

  get requested(): boolean {
    return this.together ? this.together.stopping : this.asked;
  }

  /** Listens while work goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const signals = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
    for (const signal of signals) process.on(signal, this.onSignal);
    try {
      return await work();
    } finally {
      for (const signal of signals) process.off(signal, this.onSignal);
    }
  }

  private readonly onSignal = (signal: keyof typeof EXIT_CODES): void => {
    if (this.asked) process.exit(EXIT_CODES[signal]);
    this.exitCode = EXIT_CODES[signal];
    this.onFirst();
  };
}
