import type { Checkpoint, CheckpointParts } from '../../checkpoint/checkpoint';
import type { State } from '../../checkpoint/manifest';
import type { SavedVariable } from '../../checkpoint/variables';
import type { Variable } from '../../tensorflow/variable';
import { checkPosition } from './check-source';
import { hasBeenEvaluated } from './evaluation-schedule';
import type { PendingHooks } from './pending-hooks';
import { TrainingStatus } from './training-status';

/** The state of a run: saved in checkpoints, restored from them, and equal on all workers. */
export abstract class SavedTraining<Batch> extends TrainingStatus<Batch> {
  protected abstract readonly pending: PendingHooks;
  /** Step of the latest checkpoint. */
  protected lastCheckpointStep: number | undefined;
  /** Set if a checkpoint has replaced the initial values of the variables. */
  protected isRestored = false;

  /** Variables saved in a checkpoint, by part. */
  abstract get parts(): CheckpointParts;

  /** Variables that must be equal on all workers after every epoch. */
  protected abstract get weights(): readonly SavedVariable[];

  /** Last step whose points are all logged. */
  get loggedStep(): number {
    return this.pending.loggedStep(this.step);
  }

  /** State saved in a checkpoint in addition to the variables. */
  protected get state(): State {
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

  protected get hasBeenEvaluated(): boolean {
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
  protected async checkEqual(): Promise<void> {
    const { workers, engine } = this.run;
    await workers?.checkEqual(engine, variablesOf(this.weights), this.step);
  }
}

function variablesOf(saved: readonly SavedVariable[]): Variable[] {
  return saved.map(({ variable }) => variable);
}
