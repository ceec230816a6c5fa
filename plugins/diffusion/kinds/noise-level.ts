import { ExitCode, UserError } from 'explab';

/** Noise level between an image and pure noise. */
export interface NoiseLevel {
  /** Time step in [0, T - 1], possibly fractional; -1 is the image. */
  readonly t: number;
  /** ᾱ, the fraction of the image's variance remaining: 1 is the image, 0 is pure noise. */
  readonly alphaBar: number;
}

/** Noise levels at the start and end of a step. */
export type LevelPair = readonly [from: NoiseLevel, to: NoiseLevel];

const IMAGE: NoiseLevel = { t: -1, alphaBar: 1 };

/** Lower limit of ᾱ when computing σ, to keep it finite; as in diffusers. */
const MIN_ALPHA_BAR = 2 ** -24;

/** Standard deviation of the noise for an unscaled image: σ = √((1 - ᾱ) / ᾱ). */
export function sigmaOf({ alphaBar }: NoiseLevel): number {
  return Math.sqrt((1 - alphaBar) / alphaBar);
}

/**
 * Evenly spaced time steps, ending at T: `trailing` in Lin et al. 2023, arXiv:2305.08891, table 2.
 * @param alphaBar ᾱ at the indices 0 to T - 1
 * @param steps in [1, T]
 * @returns one pair per step, the last one ending at the image
 * @throws UserError if there are more steps than T
 */
export function uniformLevels(alphaBar: Float64Array, steps: number): LevelPair[] {
  checkSteps(steps, alphaBar.length);
  const times = Array.from(
    { length: steps },
    (_, index) => Math.round((alphaBar.length * (steps - index)) / steps) - 1,
  );
  return pairs(times.map((t) => ({ t, alphaBar: alphaBar[t] ?? NaN })));
}

/**
 * σ evenly spaced in σ^(1/ρ), from the process's largest to its smallest: Karras et al. 2022, arXiv:2206.00364, eq. 5.
 * @param rho ρ, above 0; higher values give shorter steps near the image
 * @returns as `uniformLevels`
 * @throws UserError if there are more steps than T
 */
export function karrasLevels(alphaBar: Float64Array, steps: number, rho: number): LevelPair[] {
  checkSteps(steps, alphaBar.length);
  const sigmas = Array.from(alphaBar, (each) => sigmaOf({ t: 0, alphaBar: Math.max(each, MIN_ALPHA_BAR) }));
  const [sigmaMin = NaN, sigmaMax = NaN] = [sigmas[0], sigmas.at(-1)];
  const levels = Array.from({ length: steps }, (_, index) => {
    const fraction = steps > 1 ? index / (steps - 1) : 0;
    // σ_i = (σ_max^(1/ρ) + i/(N - 1) (σ_min^(1/ρ) - σ_max^(1/ρ)))^ρ
    const sigma = (sigmaMax ** (1 / rho) * (1 - fraction) + sigmaMin ** (1 / rho) * fraction) ** rho;
    return { t: timeOf(sigma, sigmas), alphaBar: 1 / (1 + sigma ** 2) };
  });
  return pairs(levels);
}

/** Time at which the noise is σ, interpolated linearly in log σ. @param sigmas increasing */
function timeOf(sigma: number, sigmas: readonly number[]): number {
  const next = sigmas.findIndex((each) => each >= sigma);
  if (next === 0) return 0;
  if (next < 0) return sigmas.length - 1;
  const [low = NaN, high = NaN] = [sigmas[next - 1], sigmas[next]].map((each) => Math.log(each ?? NaN));
  return next - 1 + (Math.log(sigma) - low) / (high - low);
}

function pairs(levels: readonly NoiseLevel[]): LevelPair[] {
  return levels.map((level, index) => [level, levels[index + 1] ?? IMAGE]);
}

function checkSteps(steps: number, total: number): void {
  if (steps <= total) return;
  throw new UserError(
    `sampler.steps=${steps}: expected at most ${total}, the number of diffusion steps from t = ${total - 1}.`,
    {
      hints: [`For example: sampler.steps=${Math.min(50, total)}`],
      exitCode: ExitCode.usage,
    },
  );
}
