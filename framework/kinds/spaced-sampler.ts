import { value } from '../config/declare/declare';
import { type LevelPair, karrasLevels, uniformLevels } from './noise-level';
import { Sampler, SamplerSettings, type SamplerStep } from './sampler';

/** Settings of samplers that can pass through any noise levels. */
export class SpacedSamplerSettings extends SamplerSettings {
  /** Which noise levels: time steps at equal distances, or σ at those of Karras et al. 2022. */
  spacing = value('uniform', { choices: ['uniform', 'karras'] });
  /** ρ of Karras's: the higher, the shorter the steps near the image. */
  rho = value(7, { min: 1 });
}

/** A sampler that follows the differential equation from noise to image, at any noise levels. */
export abstract class SpacedSampler extends Sampler {
  /** @param usual the number of steps where none is set */
  constructor(
    private readonly spacing: SpacedSamplerSettings,
    private readonly usual: number,
  ) {
    super(spacing);
  }

  /** The stages of the steps. @param pairs where each begins and ends */
  protected abstract stagesOf(pairs: readonly LevelPair[]): SamplerStep[];

  protected trajectory(alphaBar: Float64Array): SamplerStep[] {
    const { spacing, rho, steps = Math.min(this.usual, alphaBar.length) } = this.spacing;
    return this.stagesOf(spacing === 'karras' ? karrasLevels(alphaBar, steps, rho) : uniformLevels(alphaBar, steps));
  }
}
