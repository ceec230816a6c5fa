import { ExitCode } from '../../errors';

/** Exit codes by signal, as in shells. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type Signal = keyof typeof EXIT_CODES;

/** Thrown within an epoch's hooks to end them early; the hooks run again when the run is resumed. */
export class StopRequested extends Error {
  constructor() {
    super('the run was asked to stop');
  }
}

/** Listener for the signals of a run's process. */
export interface Listener {
  /** Called on the first signal: the step is finished and saved. */
  onFirst(): void;
  /** Called before the process exits immediately, because of a second signal or an uncaught error. Must be synchronous. */
  onLast(reason: Error | undefined): void;
}

/**
 * Stop requests by signals. After the first signal, the step is finished and saved; Ctrl-C after that exits immediately. Further SIGTERMs
 * are ignored: a batch system sends one to a job's processes and one to the script, which forwards it.
 */
export class StopSignal {
  /** Exit code of the signal; undefined before the first signal. */
  exitCode: number | undefined;

  /** Reason why a callback ends the training; undefined if none does. */
  reason: string | undefined;

  /** Common decision of several workers: a worker that stopped alone would keep the others waiting. */
  workers: { readonly stopping: boolean } | undefined;

  /** @param abortSignal asks for the stop in place of the signals of the process, which are then not handled */
  constructor(
    private readonly listener: Listener,
    private readonly abortSignal?: AbortSignal,
  ) {}

  /** True if this process was asked to stop. */
  get isRequestedHere(): boolean {
    return this.exitCode !== undefined;
  }

  /** True if the training ends after the current step. */
  get requested(): boolean {
    return this.workers ? this.workers.stopping : this.isDueHere;
  }

  /** True if this process was asked to stop, or one of its callbacks ends the training. */
  get isDueHere(): boolean {
    return this.isRequestedHere || this.reason !== undefined;
  }

  /**
   * Ends a long hook, such as sampling or evaluating, if this process was asked to stop. Call it between the parts of the hook.
   * @throws StopRequested
   */
  throwIfAsked(): void {
    if (this.isRequestedHere) throw new StopRequested();
  }

  /** Handles signals while `work` runs. */
  withSignalHandlers<T>(work: () => Promise<T>): Promise<T> {
    return this.abortSignal ? this.withAbortSignal(this.abortSignal, work) : this.withProcessSignals(work);
  }

  private async withAbortSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) this.onAbort();
    signal.addEventListener('abort', this.onAbort);
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', this.onAbort);
    }
  }

  private readonly onAbort = (): void => {
    this.exitCode = ExitCode.interrupted;
    this.listener.onFirst();
  };

  private async withProcessSignals<T>(work: () => Promise<T>): Promise<T> {
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

  /** Also handles rejected promises that are not awaited, such as in a plugin's hook: the run must not silently continue. */
  private readonly onUncaught = (error: unknown): void => {
    const reason = error instanceof Error ? error : new Error(String(error));
    console.error(reason);
    this.listener.onLast(reason);
    process.exit(1);
  };
}
