import type { EpochHook } from '../../checkpoint/manifest';
import type { Tracking } from '../../tracker/tracking';
import { StopRequested, type StopSignal } from './stop-signal';

/** The hooks that have yet to run after a step: at an evaluation within an epoch, after an epoch, or after the last step of a run. Their names are saved in checkpoints. */
export class PendingHooks {
  private pending: readonly EpochHook[] = [];

  /** @param hooks function of each hook @param afterEvaluation called when the metrics of `evaluate` are logged */
  constructor(
    private readonly hooks: Readonly<Record<EpochHook, () => Promise<void>>>,
    private readonly afterEvaluation: () => Promise<void>,
    private readonly tracking: Tracking,
    private readonly stop: StopSignal,
  ) {}

  get names(): readonly EpochHook[] {
    return this.pending;
  }

  /** True if all have run. */
  get isEmpty(): boolean {
    return this.pending.length === 0;
  }

  includes(name: EpochHook): boolean {
    return this.pending.includes(name);
  }

  /** Sets the pending hooks: those that are due after a step, or those of a checkpoint. */
  set(names: readonly EpochHook[]): void {
    this.pending = names;
  }

  /**
   * Last step whose points are all logged. The point of a step that is evaluated is only logged after `evaluate`.
   * @param step last completed step
   */
  loggedStep(step: number): number {
    return this.pending.includes('evaluate') ? step - 1 : step;
  }

  /** Runs the hooks in order until the run is asked to stop. The metrics of an interrupted hook are dropped. */
  async run(step: number): Promise<void> {
    for (const name of this.pending) {
      const before = this.tracking.state;
      try {
        this.stop.throwIfAsked();
        await this.hooks[name]();
      } catch (error) {
        if (!(error instanceof StopRequested)) throw error;
        this.tracking.restore(before);
        return;
      }
      if (name === 'evaluate') {
        this.tracking.save(step);
        await this.afterEvaluation();
      }
      this.pending = this.pending.slice(1);
    }
  }
}
