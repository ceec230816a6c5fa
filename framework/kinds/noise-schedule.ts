import { value } from '../config/declare/declare';
import { checkNumbers } from './contract';

/** How much noise is added at each step of the forward process. */
export abstract class NoiseSchedule {
  /**
   * @param steps T in the paper
   * @returns β_1 to β_T, each in (0, 1), at the indices 0 to T - 1
   */
  abstract betas(steps: number): Float64Array;
}

/**
 * β by a schedule, checked: whoever needs a schedule's β gets them here.
 * @throws UserError where there are not as many as steps, or one is not finite
 */
export function betasOf(schedule: NoiseSchedule, steps: number): Float64Array {
  const betas = schedule.betas(steps);
  checkNumbers(schedule, 'betas', betas, steps);
  return betas;
}

/** Settings of schedules that are given by ᾱ. */
export class AlphaBarSettings {
  /** No β is above this, so that no step takes all of the image away. */
  maxBeta = value(0.999, { above: 0, max: 1 });
}

/** A schedule given by ᾱ, the share of the image's variance that is left, as a function of the time; β follows from it. */
export abstract class AlphaBarSchedule extends NoiseSchedule {
  constructor(private readonly alphaBarSettings: AlphaBarSettings) {
    super();
  }

  /** @param time from 0, the image, to 1, the noise @returns ᾱ, which falls with the time and is above 0 before its end */
  protected abstract alphaBar(time: number): number;

  betas(steps: number): Float64Array {
    // β_t = 1 - ᾱ_t / ᾱ_{t-1}
    const beta = (t: number): number => 1 - this.alphaBar((t + 1) / steps) / this.alphaBar(t / steps);
    return Float64Array.from({ length: steps }, (_, t) => Math.min(beta(t), this.alphaBarSettings.maxBeta));
  }
}
