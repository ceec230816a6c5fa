import { LearningRateSchedule, WarmupSchedule, WarmupSettings, option } from 'explab';

/** Constant learning rate after an optional warm-up. */
@option(LearningRateSchedule, 'Constant', WarmupSettings)
export class Constant extends WarmupSchedule {
  override readonly needsTotal = false;

  protected factorAfterWarmup(): number {
    return 1;
  }
}
