import { checkNumbers, value } from 'explab';

/** Noise schedule: β at each step of the forward process. */
export abstract class NoiseSchedule {
  /**
   * @param steps T in the paper
   * @returns β_1 to β_T, each in (0, 1), at the indices 0 to T - 1
   */
  abstract betas(steps: number): Float64Array;
}

/**
 * Computes and checks a schedule's β; the only access to them.
 * @throws UserError if their number differs from `steps`, or one is not finite
 */
export function betasOf(schedule: NoiseSchedule, steps: number): Float64Array {
  const betas = schedule.betas(steps);
  checkNumbers(schedule, 'betas', betas, steps);
  return betas;
}

/** Settings of schedules defined by ᾱ. */
export class AlphaBarSettings {
  /** Upper limit of β, so that no step destroys the image. */
  maxBeta = value(0.999, { above: 0, max: 1 });
}

/** Schedule defined by ᾱ, the remaining fraction of the image's variance, as a function of time; β is derived. */
export abstract class AlphaBarSchedule extends NoiseSchedule {
  constructor(private readonly alphaBarSettings: AlphaBarSettings) {
    super();
  }

  /** @param time from 0, the image, to 1, the noise @returns ᾱ, decreasing and above 0 before time 1 */
  protected abstract alphaBar(time: number): number;

  betas(steps: number): Float64Array {
    // β_t = 1 - ᾱ_t / ᾱ_{t-1}
    const beta = (t: number): number => 1 - this.alphaBar((t + 1) / steps) / this.alphaBar(t / steps);
    return Float64Array.from({ length: steps }, (_, t) => Math.min(beta(t), this.alphaBarSettings.maxBeta));
  }
}
