import { LearningRateSchedule, option, value } from 'explab';
import { checkLine, interpolate } from './interpolate';

/** Settings of the piecewise schedule. */
export class PiecewiseSettings {
  /** Updates of the support points, in ascending order; a repeated update is a jump. */
  steps = value([0], { integer: true, min: 0, minItems: 1 });
  /** Learning-rate factor at each support point. */
  factors = value([1], { min: 0, minItems: 1 });
}

/** Piecewise linear factors between given updates, constant before the first and after the last; labml's Piecewise. */
@option(LearningRateSchedule, 'Piecewise', PiecewiseSettings)
export class Piecewise extends LearningRateSchedule {
  override readonly needsTotal = false;

  /** @throws UserError if the support points are invalid */
  constructor(private readonly settings: PiecewiseSettings) {
    super();
    checkLine({ positions: settings.steps, factors: settings.factors }, 'steps');
  }

  factor(step: number): number {
    const { steps, factors } = this.settings;
    return interpolate({ positions: steps, factors }, step);
  }
}

/** Settings of the relative piecewise schedule. */
export class RelativePiecewiseSettings {
  /** Positions of the support points as fractions of the run, in ascending order; a repeated position is a jump. */
  positions = value([0, 1], { min: 0, max: 1, minItems: 1 });
  /** Learning-rate factor at each support point. */
  factors = value([1, 0], { min: 0, minItems: 1 });
}

/** Piecewise linear factors between given fractions of the run; labml's RelativePiecewise. */
@option(LearningRateSchedule, 'RelativePiecewise', RelativePiecewiseSettings)
export class RelativePiecewise extends LearningRateSchedule {
  /** @throws UserError if the support points are invalid */
  constructor(private readonly settings: RelativePiecewiseSettings) {
    super();
    checkLine(settings, 'positions');
  }

  factor(step: number, total: number): number {
    return interpolate(this.settings, step / total);
  }
}
