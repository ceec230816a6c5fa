/** Public API of the diffusion domain: what plugins and experiments may import from `explab/diffusion`. */
export { checkAlphaBar, Diffusion, type Estimate, type TracedLevel } from './kinds/diffusion';
export { karrasLevels, type LevelPair, type NoiseLevel, sigmaOf, uniformLevels } from './kinds/noise-level';
export { NoisePredictor, type Predictor } from './kinds/noise-predictor';
export { AlphaBarSchedule, AlphaBarSettings, betasOf, NoiseSchedule } from './kinds/noise-schedule';
export { type LinearCombination, Sampler, SamplerSettings, type SamplerStep } from './kinds/sampler';
export { SpacedSampler, SpacedSamplerSettings } from './kinds/spaced-sampler';
