import * as v from 'valibot';
import type { Schemas } from './check-options';
import type { Metrics } from './metrics';
import { PROJECT_OPTIONS, type ProjectOptions } from './project-options';
import { CALLBACK, SIGNAL } from './schemas';

/** Options of `run` and `resume`. */
export interface TrainingOptions extends ProjectOptions {
  /** Stops the run after the current step and saves a checkpoint, as Ctrl-C does for `exp run`; its status is `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the metrics whenever they are logged. An error ends the run, which then rejects with it. */
  readonly onMetrics?: ((metrics: Metrics) => void | Promise<void>) | undefined;
}

export const TRAINING_OPTIONS = {
  ...PROJECT_OPTIONS,
  signal: v.optional(SIGNAL),
  onMetrics: v.optional(CALLBACK),
} satisfies Schemas<TrainingOptions>;
