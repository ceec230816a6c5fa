import { type LevelPair, Sampler, type SamplerStep, SpacedSampler, SpacedSamplerSettings } from 'explab/diffusion';
import { option } from 'explab';

const DEFAULT_STEPS = 50;

/** Euler's method on dx/dσ = ε: Karras et al. 2022, arXiv:2206.00364, section 3. With uniform steps it equals DDIM with η = 0. */
@option(Sampler, 'Euler', SpacedSamplerSettings)
export class Euler extends SpacedSampler {
  constructor(settings: SpacedSamplerSettings) {
    super(settings, DEFAULT_STEPS);
  }

  protected stagesOf(pairs: readonly LevelPair[]): SamplerStep[] {
    return pairs.map(([from, to]): SamplerStep => {
      // Unscaled, x' = x + (σ' - σ) ε = x̂_0 + σ' ε; times √ᾱ' that is √ᾱ' x̂_0 + √(1 - ᾱ') ε
      return { level: from, x: { x0: Math.sqrt(to.alphaBar), epsilon: Math.sqrt(1 - to.alphaBar) } };
    });
  }
}
