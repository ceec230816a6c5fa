import { Sampler, SamplerSettings, type SamplerStep, uniformLevels } from 'explab/diffusion';
import { option, value } from 'explab';

/** Settings of implicit sampling. */
export class DDIMSettings extends SamplerSettings {
  /** Noise scale η: 0 is deterministic, 1 is ancestral sampling with the posterior's variance. */
  eta = value(0, { min: 0, max: 1 });
}

/** Number of steps that the paper finds nearly as good as all of them. */
const DEFAULT_STEPS = 50;

/** Implicit sampling in far fewer steps: Song, Meng and Ermon 2020, arXiv:2010.02502, eq. 12 and 16. */
@option(Sampler, 'DDIM', DDIMSettings)
export class DDIM extends Sampler {
  constructor(private readonly settings: DDIMSettings) {
    super(settings);
  }

  protected trajectory(alphaBar: Float64Array): SamplerStep[] {
    const { eta, steps = Math.min(DEFAULT_STEPS, alphaBar.length) } = this.settings;
    return uniformLevels(alphaBar, steps).map(([from, to]): SamplerStep => {
      const alpha = from.alphaBar / to.alphaBar;
      const remaining = (1 - to.alphaBar) / (1 - from.alphaBar);
      // σ = η √((1 - ᾱ_{t-1})/(1 - ᾱ_t)) √(1 - ᾱ_t/ᾱ_{t-1})
      const sigma = eta * Math.sqrt(remaining * (1 - alpha));
      // x_{t-1} = √ᾱ_{t-1} x̂_0 + √(1 - ᾱ_{t-1} - σ²) ε_θ + σ z. The radicand is a sum of non-negative terms, because
      // the difference may round to less than 0.
      const epsilon = Math.sqrt(remaining * (alpha * (1 - to.alphaBar) + (1 - eta ** 2) * (1 - alpha)));
      return { level: from, x: { x0: Math.sqrt(to.alphaBar), epsilon, noise: sigma } };
    });
  }
}
