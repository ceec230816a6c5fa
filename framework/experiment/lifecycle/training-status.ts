import type { Position } from '../../checkpoint/manifest';
import type { Source } from '../../data/source';
import type { Training } from '../../kinds/callback';
import type { Goals } from '../../kinds/metric';
import type { Scalars } from '../../kinds/tracker';
import type { Module } from '../../nn/module';
import type { Run } from '../run';
import type { ExperimentSettings } from '../settings';
import { Callbacks } from './callbacks';
import { isFinished, totalSteps } from './progress';

/** How far a run is, and whether it ends: what its callbacks see of it. */
export abstract class TrainingStatus<Batch> implements Training {
  /** Batches to train on; set by `open`. */
  protected source: Source<Batch> | undefined;
  protected position: Omit<Position, 'seed'> = { step: 0, epoch: 0, batch: 0 };
  protected readonly callbacks: Callbacks;
  lastStep: Scalars = {};
  gradients: ReadonlyMap<string, Float32Array> | undefined;

  constructor(
    protected readonly settings: ExperimentSettings,
    protected readonly run: Run,
  ) {
    this.callbacks = new Callbacks(settings.callbacks, this);
  }

  /** Number of completed steps. */
  get step(): number {
    return this.position.step;
  }

  /** Number of completed epochs. */
  get epoch(): number {
    return this.position.epoch;
  }

  abstract get goals(): Goals;

  abstract get models(): Readonly<Record<string, Module>>;

  get metrics(): Scalars {
    return this.run.tracking.state.metrics;
  }

  stop(reason: string): void {
    if (this.run.stop.reason !== undefined) return;
    this.run.stop.reason = reason;
    this.run.monitor.log(`Ending the training after ${this.step} steps: ${reason}`);
  }

  /** Current position in the training. */
  protected get positionInEpoch(): Position {
    return { ...this.position, seed: this.settings.seed };
  }

  /** True if a stop was requested, or the last epoch or step is done. */
  shouldStop(): boolean {
    return this.run.stop.requested || this.isFinished;
  }

  /** True if the training is done: by its limits, or ended by a callback. */
  get isFinished(): boolean {
    return isFinished(this.settings, this.position) || (this.run.stop.reason !== undefined && this.run.stop.requested);
  }

  /** Number of steps of the whole run; Infinity if it is not known. */
  protected get totalSteps(): number {
    return totalSteps(this.settings, this.source?.batchesPerEpoch);
  }

  /** True if something done after every `epochs` epochs, and after the last step, is due. */
  isDue(epochs: number): boolean {
    return this.shouldStop() || (this.position.batch === 0 && this.epoch % epochs === 0);
  }

  /** Broadcasts whether the training ends, and why. */
  protected async shareStop(): Promise<void> {
    const { workers, stop } = this.run;
    if (!workers) return;
    const { isDue, reason } = await workers.broadcast('stop', { isDue: stop.isDueHere, reason: stop.reason });
    if (isDue) workers.stopTogether();
    stop.reason = reason;
  }

  /** Lets the callbacks end the training at a step that diverged. @returns true if one does */
  protected async isEndedByDivergence(): Promise<boolean> {
    if (!this.callbacks.canEndDivergence) return false;
    if (this.run.isChief) await this.callbacks.call('onDivergence');
    await this.shareStop();
    return this.run.stop.reason !== undefined;
  }
}
