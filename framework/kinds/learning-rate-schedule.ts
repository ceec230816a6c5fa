import { value } from '../config/declare/declare';
import { contractError } from './contract';

/** How the learning rate changes in the course of a run: by a factor that the setting `learningRate` is multiplied by. */
export abstract class LearningRateSchedule {
  /**
   * The factor of one update. A function of its arguments and the settings alone, so that a resumed run has the same rates.
   * @param step how many updates were done before, in [0, total)
   * @param total how many updates the run has in all, at least 1
   * @returns 0 or more
   */
  abstract factor(step: number, total: number): number;
}

/** The factor of one update. @throws UserError where it is not finite, or below 0 */
export function factorOf(schedule: LearningRateSchedule, step: number, total: number): number {
  const factor = schedule.factor(step, total);
  if (Number.isFinite(factor) && factor >= 0) return factor;
  throw contractError(schedule, `factor(${step}, ${total})`, 'a finite number, 0 or more', factor);
}

/** Settings of schedules that begin with a warm-up. */
export class WarmupSettings {
  /** Updates in which the rate rises evenly to its full height: with 4 of them a quarter, a half, three quarters, all of it. */
  warmup = value(0, { integer: true, min: 0 });
}

/** A schedule that rises evenly, and then goes its own way. */
export abstract class WarmupSchedule extends LearningRateSchedule {
  constructor(private readonly warmupSettings: WarmupSettings) {
    super();
  }

  /** @param progress the share of the updates after the warm-up that are done, in [0, 1) */
  protected abstract factorAfterWarmup(progress: number): number;

  factor(step: number, total: number): number {
    const { warmup } = this.warmupSettings;
    if (step < warmup) return (step + 1) / warmup;
    return this.factorAfterWarmup((step - warmup) / (total - warmup));
  }
}
