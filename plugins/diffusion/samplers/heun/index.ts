import {
  type LevelPair,
  Sampler,
  type SamplerStep,
  sigmaOf,
  SpacedSampler,
  SpacedSamplerSettings,
} from 'explab/diffusion';
import { option } from 'explab';

const DEFAULT_STEPS = 25;

/**
 * Heun's second-order method: every step except the last calls the network twice. Karras et al. 2022, arXiv:2206.00364, algorithm 1.
 * A step that begins at pure noise, or ends at the image, is an Euler step.
 */
@option(Sampler, 'Heun', SpacedSamplerSettings)
export class Heun extends SpacedSampler {
  constructor(settings: SpacedSamplerSettings) {
    super(settings, DEFAULT_STEPS);
  }

  protected stagesOf(pairs: readonly LevelPair[]): SamplerStep[] {
    return pairs.flatMap(([from, to]): SamplerStep[] => {
      const signal = Math.sqrt(to.alphaBar);
      const euler = { x0: signal, epsilon: Math.sqrt(1 - to.alphaBar) };
      if (to.t < 0 || from.alphaBar === 0) return [{ level: from, x: euler }];
      const [sigma, next] = [sigmaOf(from), sigmaOf(to)];
      // Unscaled, x' = x + (σ' - σ) (ε + ε')/2, where ε' is at the end of Euler's step: x + (σ' - σ) ε/2 = x̂_0 + (σ + σ') ε/2 is kept
      return [
        { level: from, x: euler, history: { x0: signal, epsilon: (signal * (sigma + next)) / 2 } },
        { level: to, x: { history: 1, epsilon: (signal * (next - sigma)) / 2 } },
      ];
    });
  }
}
