/** Exit codes by signal, as shells count them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type Signal = keyof typeof EXIT_CODES;

/** Thrown within an epoch's hooks to leave them early; the hooks run again when the run is resumed. */
export class StopRequested extends Error {
  constructor() {
    super('the run was asked to stop');
  }
}

/** Told what happens to the process of a run. */
export interface Listener {
  /** The first signal: the step is finished and saved. */
  onFirst(): void;
  /** The process ends at once: by the second signal, or by an error that nobody caught. There is no time to wait for anything. */
  onLast(reason: Error | undefined): void;
}

/**
 * Whether somebody has asked for an end. The first signal lets the step finish and be saved; Ctrl-C after that ends at once. A further
 * SIGTERM says nothing new: a batch system sends it to a job's processes and to the script that passes it on.
 */
export class StopSignal {
  /** The exit code that goes with the signal; undefined until there was one. */
  exitCode: number | undefined;

  /** Where several workers train together, whether they have agreed to stop: one that stops by itself would keep the others waiting. */
  workers: { readonly stopping: boolean } | undefined;

  constructor(private readonly listener: Listener) {}

  /** Whether this process was asked. */
  get isRequestedHere(): boolean {
    return this.exitCode !== undefined;
  }

  get requested(): boolean {
    return this.workers ? this.workers.stopping : this.isRequestedHere;
  }

  /**
   * Leaves a hook that takes long, such as drawing or measuring, if this process was asked to stop. To be called between its parts.
   * @throws StopRequested
   */
  throwIfAsked(): void {
    if (this.isRequestedHere) throw new StopRequested();
  }

  /** Listens while work goes on. */
  async withSignalHandlers<T>(work: () => Promise<T>): Promise<T> {
    const signals = Object.keys(EXIT_CODES) as Signal[];
    for (const signal of signals) process.on(signal, this.onSignal);
    process.on('uncaughtException', this.onUncaught);
    try {
      return await work();
    } finally {
      for (const signal of signals) process.off(signal, this.onSignal);
      process.off('uncaughtException', this.onUncaught);
    }
  }

  private readonly onSignal = (signal: Signal): void => {
    if (this.isRequestedHere && signal === 'SIGTERM') return;
    if (this.isRequestedHere) {
      this.listener.onLast(undefined);
      process.exit(EXIT_CODES[signal]);
    }
    this.exitCode = EXIT_CODES[signal];
    this.listener.onFirst();
  };

  /** Also of promises that nobody waits for: a plugin's hook that throws later. The run must not go on as if nothing had happened. */
  private readonly onUncaught = (error: unknown): void => {
    const reason = error instanceof Error ? error : new Error(String(error));
    console.error(reason);
    this.listener.onLast(reason);
    process.exit(1);
  };
}
