import { AlphaBarSchedule, AlphaBarSettings, NoiseSchedule } from 'explab/diffusion';
import { option, UserError, value } from 'explab';

/** Settings of the sigmoid schedule; the defaults are the paper's. */
export class SigmoidScheduleSettings extends AlphaBarSettings {
  /** Sigmoid argument at the image, t = 0. */
  start = value(-3);
  /** Sigmoid argument at full noise, t = T; above `start`. */
  end = value(3);
  /** Temperature τ; lower values are steeper. */
  temperature = value(1, { min: 0.01 });
}

/** Sigmoid for ᾱ: Jabri, Fleet and Chen 2022, arXiv:2212.11972, algorithm 1. */
@option(NoiseSchedule, 'Sigmoid', SigmoidScheduleSettings)
export class SigmoidSchedule extends AlphaBarSchedule {
  /** @throws UserError if `end` is not above `start` */
  constructor(private readonly settings: SigmoidScheduleSettings) {
    super(settings);
    const { start, end } = settings;
    if (end > start) return;
    throw new UserError(`A sigmoid schedule from ${start} to ${end} adds no noise: its end must be above its start.`, {
      hints: ["The paper's are start=-3 and end=3."],
    });
  }

  protected alphaBar(time: number): number {
    const { start, end, temperature } = this.settings;
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x / temperature));
    // γ(t) = (σ(end/τ) - σ((t (end - start) + start)/τ)) / (σ(end/τ) - σ(start/τ))
    return (sigmoid(end) - sigmoid(time * (end - start) + start)) / (sigmoid(end) - sigmoid(start));
  }
}
