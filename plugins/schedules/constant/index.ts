import { inject } from 'inversify';
import { LearningRateSchedule, WarmupSchedule, WarmupSettings, option } from 'explab';

/** The same rate at every update, after a warm-up where one is wanted. */
@option(LearningRateSchedule, 'Constant', WarmupSettings)
export class Constant extends WarmupSchedule {
  constructor(@inject(WarmupSettings) settings: WarmupSettings) {
    super(settings);
  }

  protected factorAfterWarmup(): number {
    return 1;
  }
}
