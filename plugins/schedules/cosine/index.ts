import { LearningRateSchedule, WarmupSchedule, WarmupSettings, option, value } from 'explab';

/** Settings of the cosine schedule. */
export class CosineSettings extends WarmupSettings {
  /** Final learning rate as a fraction of the initial one. */
  final = value(0, { min: 0, max: 1 });
}

/** Cosine decay to the end of the run: Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5, without restarts. */
@option(LearningRateSchedule, 'Cosine', CosineSettings)
export class Cosine extends WarmupSchedule {
  constructor(private readonly settings: CosineSettings) {
    super(settings);
  }

  protected factorAfterWarmup(progress: number): number {
    const { final } = this.settings;
    // η_t = η_min + ½ (η_max - η_min) (1 + cos(π T_cur / T))
    return final + 0.5 * (1 - final) * (1 + Math.cos(Math.PI * progress));
  }
}
