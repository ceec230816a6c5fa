import type { Outcome } from '../experiment/lifecycle/outcome';
import type { Host } from '../experiment/run-container';
import type { Status } from '../run/run-record';
import { type Scalars, Tracker } from '../kinds/tracker';
import { type Metrics, readMetrics } from './metrics';
import type { TrainingOptions } from './training-options';

/** How a run ended. */
export interface RunResult {
  readonly id: string;
  /** `completed`, or `interrupted` if it was stopped by the signal: then it can be resumed. */
  readonly status: Status;
  /** Number of completed steps. */
  readonly step: number;
  readonly folder: string;
  /** All logged metrics, by step; empty for a run without the tracker JSONL. */
  readonly metrics: readonly Metrics[];
}

/** Trains a run that stops by the signal of the program, and passes it the metrics. @throws the error of `onMetrics`, after a checkpoint */
export async function trainFor(
  { signal, onMetrics }: TrainingOptions,
  train: (host: Host) => Promise<Outcome>,
): Promise<RunResult> {
  const failed = new AbortController();
  const tracker = new Listener((metrics) => {
    const call = async () => {
      await onMetrics?.(metrics);
    };
    call().catch((error: unknown) => failed.abort(error));
  });
  const { folder, status, step } = await train({
    signal: AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]),
    tracker,
  });
  failed.signal.throwIfAborted();
  return { id: folder.id, status, step, folder: folder.path, metrics: readMetrics(folder.metrics) };
}

class Listener extends Tracker {
  constructor(private readonly listen: (metrics: Metrics) => void) {
    super();
  }

  scalars(step: number, scalars: Scalars): void {
    this.listen({ ...scalars, step });
  }

  flush(): void {
    // Nothing is buffered.
  }

  close(): void {
    // Nothing is open.
  }
}
