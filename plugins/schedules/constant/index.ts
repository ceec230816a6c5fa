import { inject } from 'inversify';
import { LearningRateSchedule, WarmupSchedule, WarmupSettings, option } from 'explab';

/** Constant learning rate after an optional warm-up. */
@option(LearningRateSchedule, 'Constant', WarmupSettings)
export class Constant extends WarmupSchedule {
  override readonly needsTotal = false;

  constructor(@inject(WarmupSettings) settings: WarmupSettings) {
    super(settings);
  }

  protected factorAfterWarmup(): number {
    return 1;
  }
}
