import { value } from 'explab';
import { karrasLevels, type LevelPair, uniformLevels } from './noise-level';
import { Sampler, SamplerSettings, type SamplerStep } from './sampler';

/** Settings of samplers with arbitrary noise levels. */
export class SpacedSamplerSettings extends SamplerSettings {
  /** Spacing of the noise levels: evenly spaced time steps, or σ as in Karras et al. 2022. */
  spacing = value('uniform', { choices: ['uniform', 'karras'] });
  /** ρ of Karras spacing; higher values give shorter steps near the image. */
  rho = value(7, { min: 1 });
}

/** Sampler that solves the differential equation from noise to image, at arbitrary noise levels. */
export abstract class SpacedSampler extends Sampler {
  /** @param defaultSteps number of steps if unset */
  constructor(
    private readonly spacing: SpacedSamplerSettings,
    private readonly defaultSteps: number,
  ) {
    super(spacing);
  }

  /** Stages of the steps. @param pairs start and end of each step */
  protected abstract stagesOf(pairs: readonly LevelPair[]): SamplerStep[];

  protected trajectory(alphaBar: Float64Array): SamplerStep[] {
    const { spacing, rho, steps = Math.min(this.defaultSteps, alphaBar.length) } = this.spacing;
    return this.stagesOf(spacing === 'karras' ? karrasLevels(alphaBar, steps, rho) : uniformLevels(alphaBar, steps));
  }
}
