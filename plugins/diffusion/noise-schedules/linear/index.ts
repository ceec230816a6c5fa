import { NoiseSchedule } from 'explab/diffusion';
import { option, optional, value } from 'explab';

/** Settings of the linear schedule. */
export class LinearScheduleSettings {
  /** β at the first step. */
  first = value(1e-4, { above: 0, max: 1 });
  /** β at the last step. */
  last = value(0.02, { above: 0, max: 1 });
  /** Number of steps for which first and last are given (1000 in the paper); for another T, β is rescaled to the same total noise. */
  meantFor = optional('number', { integer: true, min: 1 });
}

/** Upper limit of a scaled β. */
const MAX_BETA = 0.999;

/** Linear β: Ho et al. 2020, arXiv:2006.11239, section 4. */
@option(NoiseSchedule, 'Linear', LinearScheduleSettings)
export class LinearSchedule extends NoiseSchedule {
  constructor(private readonly settings: LinearScheduleSettings) {
    super();
  }

  betas(steps: number): Float64Array {
    const { first, last, meantFor } = this.settings;
    const increment = steps > 1 ? (last - first) / (steps - 1) : 0;
    const betas = Float64Array.from({ length: steps }, (_, t) => first + increment * t);
    // Nichol and Dhariwal 2021, as in their code: β · 1000 / T
    return meantFor === undefined ? betas : betas.map((beta) => Math.min(MAX_BETA, (beta * meantFor) / steps));
  }
}
