import { LearningRateSchedule, WarmupSchedule, WarmupSettings, option, value } from 'explab';

/** Settings of the linear schedule. */
export class LinearSettings extends WarmupSettings {
  /** Final learning rate as a fraction of the initial one. */
  final = value(0, { min: 0, max: 1 });
}

/** Linear decay to the end of the run. */
@option(LearningRateSchedule, 'Linear', LinearSettings)
export class Linear extends WarmupSchedule {
  constructor(private readonly settings: LinearSettings) {
    super(settings);
  }

  protected factorAfterWarmup(progress: number): number {
    const { final } = this.settings;
    return 1 + (final - 1) * progress;
  }
}
