import { inject } from 'inversify';
import { Sampler, SamplerSettings, type SamplerStep, option, uniformLevels, value } from 'explab';

/** Settings of ancestral sampling. */
export class DDPMSettings extends SamplerSettings {
  /** σ² of the noise that a step adds: β, or β̃, which is the posterior's. */
  variance = value('beta', { choices: ['beta', 'posterior'] });
  /** As in labml; the code of Ho et al. does bring x̂_0 into [-1, 1]. */
  override clip = value(false);
}

/**
 * Ancestral sampling: each step draws from p_θ(x_{t-1} | x_t). All T steps, unless fewer are asked for.
 *
 * Ho et al. 2020, arXiv:2006.11239, eq. 6, 7 and algorithm 2; with fewer steps, α is that of a step and the ones left out together:
 * Nichol and Dhariwal 2021, arXiv:2102.09672, section 4.
 */
@option(Sampler, 'DDPM', DDPMSettings)
export class DDPM extends Sampler {
  constructor(@inject(DDPMSettings) private readonly settings: DDPMSettings) {
    super(settings);
  }

  protected trajectory(alphaBar: Float64Array): SamplerStep[] {
    const { variance, steps = alphaBar.length } = this.settings;
    return uniformLevels(alphaBar, steps).map(([from, to]) => {
      const alpha = from.alphaBar / to.alphaBar;
      const beta = 1 - alpha;
      // μ̃(x_t, x_0) = √ᾱ_{t-1} β_t/(1 - ᾱ_t) x_0 + √α_t (1 - ᾱ_{t-1})/(1 - ᾱ_t) x_t
      const x0 = (Math.sqrt(to.alphaBar) * beta) / (1 - from.alphaBar);
      const left = (1 - to.alphaBar) / (1 - from.alphaBar);
      // σ² = β_t, or β̃_t = (1 - ᾱ_{t-1})/(1 - ᾱ_t) β_t; z = 0 at the last step, so that no noise is left in the image
      const sigma = to.t < 0 ? 0 : Math.sqrt(variance === 'beta' ? beta : left * beta);
      return { level: from, x: { x0, x: Math.sqrt(alpha) * left, noise: sigma } };
    });
  }
}
