import { Sampler, SamplerSettings, type SamplerStep, uniformLevels } from 'explab/diffusion';
import { option, value } from 'explab';

/** Settings of ancestral sampling. */
export class DDPMSettings extends SamplerSettings {
  /** Variance σ² of the noise added at each step: β, or β̃ of the posterior. */
  variance = value('beta', { choices: ['beta', 'posterior'] });
  /** Clip the predicted x₀ to [-1, 1] at every step; off as in labml, on in the code of Ho et al. */
  override clip = value(false);
}

/**
 * Ancestral sampling: each step draws from p_θ(x_{t-1} | x_t). Uses all T steps by default.
 *
 * Ho et al. 2020, arXiv:2006.11239, eq. 6, 7 and algorithm 2; with fewer steps, α is the product over a step and the skipped ones:
 * Nichol and Dhariwal 2021, arXiv:2102.09672, section 4.
 */
@option(Sampler, 'DDPM', DDPMSettings)
export class DDPM extends Sampler {
  constructor(private readonly settings: DDPMSettings) {
    super(settings);
  }

  protected trajectory(alphaBar: Float64Array): SamplerStep[] {
    const { variance, steps = alphaBar.length } = this.settings;
    return uniformLevels(alphaBar, steps).map(([from, to]): SamplerStep => {
      const alpha = from.alphaBar / to.alphaBar;
      const beta = 1 - alpha;
      // μ̃(x_t, x_0) = √ᾱ_{t-1} β_t/(1 - ᾱ_t) x_0 + √α_t (1 - ᾱ_{t-1})/(1 - ᾱ_t) x_t
      const x0 = (Math.sqrt(to.alphaBar) * beta) / (1 - from.alphaBar);
      const remaining = (1 - to.alphaBar) / (1 - from.alphaBar);
      // σ² = β_t, or β̃_t = (1 - ᾱ_{t-1})/(1 - ᾱ_t) β_t; z = 0 at the last step, so that the image is free of noise
      const sigma = to.t < 0 ? 0 : Math.sqrt(variance === 'beta' ? beta : remaining * beta);
      return { level: from, x: { x0, x: Math.sqrt(alpha) * remaining, noise: sigma } };
    });
  }
}
