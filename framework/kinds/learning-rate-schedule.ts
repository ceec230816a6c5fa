import { value } from '../config/declare/declare';
import { UserError } from '../errors';
import { contractError, pluginName } from './contract';

/** Learning-rate schedule: a factor for the setting `learningRate` at each update. */
export abstract class LearningRateSchedule {
  /** Whether the factor depends on the number of updates of the run, which may be unknown. */
  readonly needsTotal: boolean = true;

  /**
   * Factor of one update. A function of its arguments and the settings alone, so that a resumed run has the same rates.
   * @param step number of previous updates, in [0, total)
   * @param total number of updates of the run, at least 1; Infinity if it is unknown, unless `needsTotal`
   * @returns 0 or more
   */
  abstract factor(step: number, total: number): number;
}

/** Factor of one update. @throws UserError if it is not finite, or negative, or the schedule needs a total that is unknown */
export function factorOf(schedule: LearningRateSchedule, step: number, total: number): number {
  if (schedule.needsTotal && !Number.isFinite(total)) throw unknownTotal(schedule);
  const factor = schedule.factor(step, total);
  if (Number.isFinite(factor) && factor >= 0) return factor;
  throw contractError(schedule, `factor(${step}, ${total})`, 'a finite number, 0 or more', factor);
}

function unknownTotal(schedule: LearningRateSchedule): UserError {
  return new UserError(
    `${pluginName(schedule)} needs the number of steps of the run, but the length of an epoch is unknown.`,
    {
      hints: ['Set it: maxSteps=10000. Or choose a schedule that does not need it: schedule=Constant'],
    },
  );
}

/** Settings of schedules with a warm-up. */
export class WarmupSettings {
  /** Number of warm-up updates with a linearly rising rate: with 4 it is 1/4, 1/2, 3/4 and 1 of the full rate. */
  warmup = value(0, { integer: true, min: 0 });
}

/** Schedule with a linear warm-up. */
export abstract class WarmupSchedule extends LearningRateSchedule {
  constructor(private readonly warmupSettings: WarmupSettings) {
    super();
  }

  /** @param progress fraction of the updates after the warm-up that are done, in [0, 1) */
  protected abstract factorAfterWarmup(progress: number): number;

  factor(step: number, total: number): number {
    const { warmup } = this.warmupSettings;
    if (step < warmup) return (step + 1) / warmup;
    return this.factorAfterWarmup((step - warmup) / (total - warmup));
  }
}
