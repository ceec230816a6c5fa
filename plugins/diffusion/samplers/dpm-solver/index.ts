import {
  type LevelPair,
  type NoiseLevel,
  Sampler,
  type SamplerStep,
  SpacedSampler,
  SpacedSamplerSettings,
} from 'explab/diffusion';
import { option } from 'explab';

const DEFAULT_STEPS = 20;

/**
 * DPM-Solver++(2M): second order, using the estimate of the previous step. Lu et al. 2022, arXiv:2211.01095, algorithm 2; the first
 * step and the last, which ends at the image, are first order.
 */
@option(Sampler, 'DPMSolver', SpacedSamplerSettings)
export class DPMSolver extends SpacedSampler {
  constructor(settings: SpacedSamplerSettings) {
    super(settings, DEFAULT_STEPS);
  }

  protected stagesOf(pairs: readonly LevelPair[]): SamplerStep[] {
    return pairs.map(([from, to], index): SamplerStep => {
      const h = lambdaOf(to) - lambdaOf(from);
      const [previous] = pairs[index - 1] ?? [];
      // D = (1 + 1/2r) x̂_0 - 1/2r x̂_0', with x̂_0' of the previous step and r = h'/h
      const correction = previous && to.t >= 0 ? h / (2 * (lambdaOf(from) - lambdaOf(previous))) : 0;
      // x ← σ_{to}/σ_{from} x - α_{to} (e^{-h} - 1) D, with α = √ᾱ and σ = √(1 - ᾱ)
      const gain = -Math.sqrt(to.alphaBar) * Math.expm1(-h);
      const shrink = Math.sqrt((1 - to.alphaBar) / (1 - from.alphaBar));
      return {
        level: from,
        x: { x: shrink, x0: gain * (1 + correction), history: -gain * correction },
        history: { x0: 1 },
      };
    });
  }
}

/** λ = log(α/σ), half the logarithm of the signal-to-noise ratio. */
function lambdaOf({ alphaBar }: NoiseLevel): number {
  return Math.log(alphaBar / (1 - alphaBar)) / 2;
}
