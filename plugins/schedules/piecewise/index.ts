import { inject } from 'inversify';
import { LearningRateSchedule, option, value } from 'explab';
import { checkLine, interpolate } from './interpolate';

/** Settings of the piecewise schedule. */
export class PiecewiseSettings {
  /** Updates at which the factor is given, ascending; the same one twice is a jump. */
  steps = value([0], { integer: true, min: 0, minItems: 1 });
  /** The factor at each of them. */
  factors = value([1], { min: 0, minItems: 1 });
}

/** Straight lines between factors given at certain updates, as labml's Piecewise; before the first and after the last they stay. */
@option(LearningRateSchedule, 'Piecewise', PiecewiseSettings)
export class Piecewise extends LearningRateSchedule {
  /** @throws UserError where the points are none */
  constructor(@inject(PiecewiseSettings) private readonly settings: PiecewiseSettings) {
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
  /** Where the factor is given, as shares of the whole training, ascending; the same one twice is a jump. */
  positions = value([0, 1], { min: 0, max: 1, minItems: 1 });
  /** The factor at each of them. */
  factors = value([1, 0], { min: 0, minItems: 1 });
}

/** Straight lines between factors given at shares of the whole training, as labml's RelativePiecewise. */
@option(LearningRateSchedule, 'RelativePiecewise', RelativePiecewiseSettings)
export class RelativePiecewise extends LearningRateSchedule {
  /** @throws UserError where the points are none */
  constructor(@inject(RelativePiecewiseSettings) private readonly settings: RelativePiecewiseSettings) {
    super();
    checkLine(settings, 'positions');
  }

  factor(step: number, total: number): number {
    return interpolate(this.settings, step / total);
  }
}
