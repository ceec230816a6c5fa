/** Exit codes by signal, as shells count them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Whether somebody has asked for an end. The first signal lets the step finish and be saved; Ctrl-C after that ends at once. A further
 * SIGTERM says nothing new: a batch system sends it to a job's processes and to the script that passes it on.
 */
export class StopSignal {
  /** The exit code that goes with the signal; undefined until there was one. */
  exitCode: number | undefined;

  /** @param onFirst told at the first signal */
  constructor(private readonly onFirst: () => void) {}

  get requested(): boolean {
    return this.exitCode !== undefined;
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
    if (this.requested && signal === 'SIGTERM') return;
    if (this.requested) process.exit(EXIT_CODES[signal]);
    this.exitCode = EXIT_CODES[signal];
    this.onFirst();
  };
}
