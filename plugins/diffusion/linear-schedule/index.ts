import { inject } from 'inversify';
import { NoiseSchedule, option, value } from 'explab';

/** Settings of the linear schedule. */
export class LinearScheduleSettings {
  /** β at the first step. */
  first = value(1e-4, { min: 0, max: 1 });
  /** β at the last step. */
  last = value(0.02, { min: 0, max: 1 });
}

/** β rises evenly: Ho et al. 2020, arXiv:2006.11239, section 4. */
@option(NoiseSchedule, 'Linear', LinearScheduleSettings)
export class LinearSchedule extends NoiseSchedule {
  constructor(@inject(LinearScheduleSettings) private readonly settings: LinearScheduleSettings) {
    super();
  }

  betas(steps: number): Float64Array {
    const { first, last } = this.settings;
    const increment = steps > 1 ? (last - first) / (steps - 1) : 0;
    return Float64Array.from({ length: steps }, (_, t) => first + increment * t);
  }
}
