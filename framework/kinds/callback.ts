import type { Module } from '../nn/module';
import type { Goals } from './metric';
import type { Scalars } from './tracker';

/** A run in training, as callbacks see it. */
export interface Training {
  /** Number of completed steps. */
  readonly step: number;
  /** Number of completed epochs. */
  readonly epoch: number;
  /** Latest logged value of each metric. */
  readonly metrics: Scalars;
  /** Scalars of the last step, and its learning rates. */
  readonly lastStep: Scalars;
  /** The models by name, initialized: `model`, or the names that an experiment gives to several. */
  readonly models: Readonly<Record<string, Module>>;
  /**
   * Gradients of the last step by the names of the parameters, with several models `generator.layers.0.weight`: before clipping, and with
   * several workers those of the chief's share. Undefined unless a callback needed them.
   */
  readonly gradients: ReadonlyMap<string, Float32Array> | undefined;
  /** Goals that the experiment declares for its metrics. */
  readonly goals: Goals;

  /** Ends the training after the current step: the run is completed, and resuming it does not continue it. @param reason a sentence */
  stop(reason: string): void;
}

/**
 * Code that is called while a run is trained: options of the setting `callbacks`. All hooks are optional; with several workers, the chief
 * calls them. An error thrown by one ends the run.
 */
export abstract class Callback {
  /** Called before the first step of a new or a resumed run. */
  onStart?(training: Training): void | Promise<void>;

  /** True if `training.gradients` are needed after the step that comes; they are computed in addition to the step. False by default. */
  needsGradients?(training: Training): boolean;

  /**
   * Called if the loss or a gradient of a step is not finite, so that the step updates nothing: the run fails unless a callback ends it by
   * `training.stop`. `onStep` follows then.
   */
  onDivergence?(training: Training): void | Promise<void>;

  /** Called after each step. */
  onStep?(training: Training): void | Promise<void>;

  /** Called after each evaluation, once its metrics are logged: by default after each epoch, and after the last step. */
  onEvaluation?(training: Training): void | Promise<void>;

  /** Called after each checkpoint. */
  onCheckpoint?(training: Training): void | Promise<void>;

  /** Called after the last step, unless the run fails. */
  onEnd?(training: Training): void | Promise<void>;

  /** State as JSON, saved in every checkpoint and assigned before `onStart` when the run is resumed. None by default. */
  get state(): unknown {
    return undefined;
  }

  set state(_state: unknown) {
    // No state by default.
  }

  /** Factor that all learning rates are multiplied by; 1 by default. */
  readonly learningRateFactor: number = 1;
}
