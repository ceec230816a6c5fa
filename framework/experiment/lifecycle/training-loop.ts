import { setImmediate } from 'node:timers/promises';
import type { Checkpoint, CheckpointParts } from '../../checkpoint/checkpoint';
import type { EpochHook, Position, State } from '../../checkpoint/manifest';
import type { SavedVariable } from '../../checkpoint/variables';
import type { Source } from '../../data/source';
import type { Training } from '../../kinds/callback';
import type { Goals } from '../../kinds/metric';
import type { Scalars } from '../../kinds/tracker';
import type { Module } from '../../nn/module';
import { LeakGuard } from '../../tensorflow/leak-guard';
import type { Variable } from '../../tensorflow/variable';
import type { Run } from '../run';
import type { ExperimentSettings } from '../settings';
import { Callbacks } from './callbacks';
import { checkPosition, checkSource, lengthError } from './check-source';
import {
  type EvaluatedPart,
  evaluatedPart,
  hasBeenEvaluated,
  isDueAfterStep,
  isEvaluationDue,
} from './evaluation-schedule';
import { PendingHooks } from './pending-hooks';
import { isFinished, progressOf, totalSteps } from './progress';

/** The epochs and steps of a run: its position, checkpoints, and the calls of the experiment's and the callbacks' hooks. */
export abstract class TrainingLoop<Batch> implements Training {
  /** Batches to train on; set by `open`. */
  protected source: Source<Batch> | undefined;
  private position: Omit<Position, 'seed'> = { step: 0, epoch: 0, batch: 0 };
  private readonly pending: PendingHooks;
  /** Step of the latest checkpoint. */
  private lastCheckpointStep: number | undefined;
  /** Set if a checkpoint has replaced the initial values of the variables. */
  protected isRestored = false;
  private readonly leaks = new LeakGuard();
  protected readonly callbacks: Callbacks;
  lastStep: Scalars = {};
  gradients: ReadonlyMap<string, Float32Array> | undefined;
  /** Part of the held-out examples that the current evaluation measures; undefined for all of them. */
  protected evaluatedPart: EvaluatedPart | undefined;

  constructor(
    protected readonly settings: ExperimentSettings,
    protected readonly run: Run,
  ) {
    const hooks = { evaluate: () => this.evaluatePart(), sample: () => this.preview() };
    this.callbacks = new Callbacks(settings.callbacks, this);
    this.pending = new PendingHooks(hooks, () => this.callbacks.call('onEvaluation'), run.tracking, run.stop);
  }

  /** Trains for the rest of the epoch by iterating over `steps`. */
  abstract train(): Promise<void>;

  abstract evaluate(): Promise<void>;

  abstract preview(): Promise<void>;

  /** Variables saved in a checkpoint, by part. */
  abstract get parts(): CheckpointParts;

  /** Variables that must be equal on all workers after every epoch. */
  protected abstract get weights(): readonly SavedVariable[];

  /** True if something done after every `epochs` epochs, and after the last step, is due. */
  protected isDue(epochs: number): boolean {
    return this.shouldStop() || (this.position.batch === 0 && this.epoch % epochs === 0);
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

  /** Last step whose points are all logged. */
  get loggedStep(): number {
    return this.pending.loggedStep(this.step);
  }

  /** Number of steps of the whole run; Infinity if it is not known. */
  protected get totalSteps(): number {
    return totalSteps(this.settings, this.source?.batchesPerEpoch);
  }

  /** Trains from the current position to the end, and saves a final checkpoint. */
  async loop(): Promise<void> {
    if (this.run.isChief) await this.callbacks.call('onStart');
    await this.runPendingHooks();
    await this.runEpochs();
    if (this.lastCheckpointStep !== this.step) await this.checkpoint();
    await this.run.checkpoints.flush();
    if (this.run.isChief) await this.callbacks.call('onEnd');
  }

  private async runEpochs(): Promise<void> {
    const { monitor } = this.run;
    for (const _ of monitor.loop(this.settings.epochs, this.epoch, () => progressOf(this.settings, this.position))) {
      if (this.shouldStop()) return;
      await this.train();
      this.leaks.close();
      await this.checkEqual();
      // Saved first: the hooks may take long, and a batch system only waits for seconds.
      const { everySteps } = this.settings.checkpoint;
      if (this.lastCheckpointStep !== this.step && (everySteps === undefined || this.isFinished))
        await this.checkpoint();
      await this.runPendingHooks();
    }
  }

  /** Runs the pending `evaluate` and `preview` hooks. With several workers, the chief does and the others wait. */
  private async runPendingHooks(): Promise<void> {
    if (this.run.isChief && !this.pending.isEmpty) {
      await this.pending.run(this.step);
      const best = this.hasBeenEvaluated ? this.settings.checkpoint.best : undefined;
      if (this.lastCheckpointStep === this.step) this.run.checkpoints.amend(this.state, best);
    }
    await this.shareStop();
  }

  private async evaluatePart(): Promise<void> {
    this.evaluatedPart = evaluatedPart(this.settings.evaluation, this.position, this.source?.batchesPerEpoch);
    try {
      await this.evaluate();
    } finally {
      this.evaluatedPart = undefined;
    }
  }

  /** Broadcasts whether the training ends, and why. */
  private async shareStop(): Promise<void> {
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

  /** Yields the remaining batches of the epoch; tunes settings before each step, and counts, logs and saves after it. */
  protected async *steps(): AsyncGenerator<Batch> {
    const source = checkSource(this.source, this.settings.evaluation, this.run.workers);
    const { epoch, batch, step } = this.position;
    const { batchesPerEpoch = Infinity } = source;
    const remaining = Math.min(batchesPerEpoch - batch, (this.settings.maxSteps ?? Infinity) - step);
    for await (const each of this.run.monitor.iterate('Train', source.epoch(epoch, batch), remaining)) {
      if (this.epoch > epoch) throw lengthError(`more than ${batchesPerEpoch} batches`, epoch, batchesPerEpoch);
      if (this.run.isChief) this.run.tuning.before(this.step + 1);
      this.run.profiler?.before(this.step + 1, this.totalSteps);
      yield each;
      this.advance(source);
      await this.afterStep();
      if (this.shouldStop()) return;
    }
    if (this.epoch > epoch) return;
    const { batch: done } = this.position;
    if (batchesPerEpoch !== Infinity || done === 0) throw lengthError(`${done} batches`, epoch, batchesPerEpoch);
    this.endEpoch(source);
  }

  private advance(source: Source<Batch>): void {
    const { step, epoch, batch } = this.position;
    const { batchesPerEpoch, cursor } = source;
    const isLast = batch + 1 === batchesPerEpoch;
    const next = isLast
      ? { epoch: epoch + 1, batch: 0 }
      : { epoch, batch: batch + 1, ...(batchesPerEpoch !== undefined && { batchesPerEpoch }) };
    this.position = { step: step + 1, ...next, ...(cursor !== undefined && { cursor }) };
    this.pending.set(this.dueHooks);
  }

  /** Ends an epoch whose length was not known. */
  private endEpoch({ cursor }: Source<Batch>): void {
    const { step, epoch } = this.position;
    this.position = { step, epoch: epoch + 1, batch: 0, ...(cursor !== undefined && { cursor }) };
    // The step that turned out to be the epoch's last may have been evaluated.
    const isEvaluated = isDueAfterStep(this.settings.evaluation, this.position);
    this.pending.set(isEvaluated ? ['sample'] : this.dueHooks);
  }

  /** Hooks that are due at the current position. */
  private get dueHooks(): readonly EpochHook[] {
    if (this.isFinished) return ['evaluate', 'sample'];
    const { position, source, settings } = this;
    const isDue = isEvaluationDue(settings.evaluation, position, source?.batchesPerEpoch);
    return [...(isDue ? (['evaluate'] as const) : []), ...(position.batch === 0 ? (['sample'] as const) : [])];
  }

  private async afterStep(): Promise<void> {
    this.run.checkpoints.check();
    // Op by op, all promises of a step are already resolved: without this, signals and timers would wait until the epoch ends.
    await setImmediate();
    if (this.run.isChief) await this.callbacks.call('onStep');
    if (this.isFinished) this.pending.set(['evaluate', 'sample']);
    const leak = this.leaks.afterStep();
    if (leak !== undefined) this.run.monitor.log(leak);
    const { profiler } = this.run;
    if (profiler) await this.run.optional('the profile', () => profiler.after(this.step));
    if (this.step % this.settings.logEverySteps === 0 && !this.pending.includes('evaluate'))
      this.run.tracking.save(this.step);
    if (this.step % (this.settings.checkpoint.everySteps ?? Infinity) === 0) await this.checkpoint();
    if (this.pending.includes('evaluate') && this.position.batch !== 0 && !this.isFinished)
      await this.evaluateInEpoch();
  }

  private async evaluateInEpoch(): Promise<void> {
    await this.runPendingHooks();
    // Ended by a callback that has seen the metrics.
    if (this.isFinished) this.pending.set(['sample']);
  }

  /** State saved in a checkpoint in addition to the variables. */
  private get state(): State {
    return {
      ...this.run.tracking.state,
      position: this.positionInEpoch,
      pending: this.pending.names,
      ...(this.isInterim && { isInterim: true }),
      callbacks: this.callbacks.states,
      stopped: this.run.stop.reason,
    };
  }

  /** True if this step is not on the schedule: of `checkpoint.everySteps`, or after each epoch. */
  private get isInterim(): boolean {
    const { everySteps } = this.settings.checkpoint;
    const isRegular = everySteps === undefined ? this.position.batch === 0 : this.step % everySteps === 0;
    return !isRegular && !this.isFinished;
  }

  private get hasBeenEvaluated(): boolean {
    return this.isFinished || hasBeenEvaluated(this.settings.evaluation, this.position);
  }

  /** Saves a checkpoint while training continues; only on the chief. @throws UserError if the previous checkpoint could not be saved */
  async checkpoint(): Promise<void> {
    if (!this.run.isChief) return;
    const { tracking, checkpoints } = this.run;
    tracking.flush();
    await checkpoints.save(this.state, this.parts, this.settings.checkpoint, this.hasBeenEvaluated);
    this.lastCheckpointStep = this.step;
    await this.callbacks.call('onCheckpoint');
  }

  /**
   * Restores a checkpoint.
   * @param checkpoint borrowed
   * @param names the parts to restore; all of them for training
   * @throws UserError if it does not match the model
   */
  async restore(checkpoint: Checkpoint, names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    const { position, pending = [], callbacks = [], ...metrics } = checkpoint.manifest;
    if (this.source) checkPosition(position, this.source);
    const parts = Object.entries(this.parts).filter(([name]) => names.includes(name));
    await checkpoint.assign(this.run.engine, Object.fromEntries(parts));
    this.position = position;
    if (this.source && position.cursor !== undefined) this.source.cursor = position.cursor;
    this.pending.set(pending);
    this.isRestored = true;
    if (this.run.checkpoints.list().includes(position.step)) this.lastCheckpointStep = position.step;
    this.callbacks.restore(callbacks);
    this.run.tracking.restore(metrics);
  }

  /** Synchronizes position and variables of all workers with the chief's. */
  async syncFromChief(): Promise<void> {
    const { workers, engine } = this.run;
    if (!workers) return;
    const { position, isRestored } = this;
    const chief = await workers.broadcast('position', { position, isRestored });
    this.position = chief.position;
    if (this.source && chief.position.cursor !== undefined) this.source.cursor = chief.position.cursor;
    // Variables initialized from the same seed are already equal.
    if (chief.isRestored) await workers.broadcastVariables(engine, variablesOf(Object.values(this.parts).flat()));
    await this.checkEqual();
  }

  /** @throws UserError if a worker's parameters differ from the chief's */
  private async checkEqual(): Promise<void> {
    const { workers, engine } = this.run;
    await workers?.checkEqual(engine, variablesOf(this.weights), this.step);
  }
}

function variablesOf(saved: readonly SavedVariable[]): Variable[] {
  return saved.map(({ variable }) => variable);
}
