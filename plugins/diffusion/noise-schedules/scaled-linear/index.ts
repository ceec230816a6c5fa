import { NoiseSchedule } from 'explab/diffusion';
import { option, value } from 'explab';

/** Settings of the scaled linear schedule; the defaults are those of latent diffusion models. */
export class ScaledLinearScheduleSettings {
  /** β at the first step. */
  first = value(0.00085, { above: 0, max: 1 });
  /** β at the last step. */
  last = value(0.012, { above: 0, max: 1 });
}

/** Linear √β: Rombach et al. 2022, arXiv:2112.10752, as in their code; `scaled_linear` in diffusers. */
@option(NoiseSchedule, 'ScaledLinear', ScaledLinearScheduleSettings)
export class ScaledLinearSchedule extends NoiseSchedule {
  constructor(private readonly settings: ScaledLinearScheduleSettings) {
    super();
  }

  betas(steps: number): Float64Array {
    const [first, last] = [Math.sqrt(this.settings.first), Math.sqrt(this.settings.last)];
    const increment = steps > 1 ? (last - first) / (steps - 1) : 0;
    return Float64Array.from({ length: steps }, (_, t) => (first + increment * t) ** 2);
  }
}
