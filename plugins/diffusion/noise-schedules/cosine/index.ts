import { AlphaBarSchedule, AlphaBarSettings, NoiseSchedule } from 'explab/diffusion';
import { option, value } from 'explab';

/** Settings of the cosine schedule; the defaults are the paper's. */
export class CosineScheduleSettings extends AlphaBarSettings {
  /** Offset s, which keeps β from becoming tiny near t = 0. */
  offset = value(0.008, { min: 0 });
}

/** Squared cosine for ᾱ: Nichol and Dhariwal 2021, arXiv:2102.09672, eq. 17. */
@option(NoiseSchedule, 'Cosine', CosineScheduleSettings)
export class CosineSchedule extends AlphaBarSchedule {
  constructor(private readonly settings: CosineScheduleSettings) {
    super(settings);
  }

  protected alphaBar(time: number): number {
    const { offset } = this.settings;
    // f(t) = cos²((t/T + s) / (1 + s) · π/2); ᾱ_t = f(t) / f(0); f(0) cancels in a ratio of two ᾱ
    return Math.cos((((time + offset) / (1 + offset)) * Math.PI) / 2) ** 2;
  }
}
