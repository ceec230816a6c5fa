import type { EpochHook } from '../../checkpoint/manifest';
import type { Tracking } from '../../tracker/tracking';
import { StopRequested, type StopSignal } from './stop-signal';

/** The hooks that follow an epoch, and the last step of a run, as far as they are still to run. A checkpoint keeps which. */
export class PendingHooks {
  private pending: readonly EpochHook[] = [];

  /** @param hooks what each does */
  constructor(
    private readonly hooks: Readonly<Record<EpochHook, () => Promise<void>>>,
    private readonly tracking: Tracking,
    private readonly stop: StopSignal,
  ) {}

  get names(): readonly EpochHook[] {
    return this.pending;
  }

  /** Whether all have run. */
  get isEmpty(): boolean {
    return this.pending.length === 0;
  }

  /** Sets which are to run: all of them after an epoch, none within one, or those of a checkpoint. */
  set(names: readonly EpochHook[]): void {
    this.pending = names;
  }

  /**
   * The last step whose points are all logged. The point of an epoch's last step is logged after `evaluate`, and never before.
   * @param step the last that was done
   */
  loggedStep(step: number): number {
    return this.pending.includes('evaluate') ? step - 1 : step;
  }

  /** Runs them, in order, until the run is asked to stop: what a hook has tracked that was left early is dropped. */
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
      if (name === 'evaluate') this.tracking.save(step);
      this.pending = this.pending.slice(1);
    }
  }
}
