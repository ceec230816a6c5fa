import { ExitCode, UserError } from '../errors';

/** A place between an image and noise. */
export interface NoiseLevel {
  /** The time step: in [0, T - 1], also between two of them; -1 is the image. */
  readonly t: number;
  /** ᾱ, the share of the image's variance that is left: 1 is the image, 0 is noise alone. */
  readonly alphaBar: number;
}

/** Neighbours on the way to the image: where a step begins, and where it ends. */
export type LevelPair = readonly [from: NoiseLevel, to: NoiseLevel];

const IMAGE: NoiseLevel = { t: -1, alphaBar: 1 };

/** The least ᾱ that σ is computed of, so that it is finite: that of diffusers. */
const MIN_ALPHA_BAR = 2 ** -24;

/** The standard deviation of the noise where the image is not scaled: σ = √((1 - ᾱ) / ᾱ). */
export function sigmaOf({ alphaBar }: NoiseLevel): number {
  return Math.sqrt((1 - alphaBar) / alphaBar);
}

/**
 * Time steps at equal distances, the last of them at T: `trailing` in Lin et al. 2023, arXiv:2305.08891, table 2.
 * @param alphaBar ᾱ at the indices 0 to T - 1
 * @param steps in [1, T]
 * @returns pairs, one for each step, the last one ending at the image
 * @throws UserError where there are more steps than T
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
 * σ at equal distances of σ^(1/ρ), from the process's greatest to its least: Karras et al. 2022, arXiv:2206.00364, eq. 5.
 * @param rho ρ, above 0: the higher, the shorter the steps near the image
 * @returns as `uniformLevels` does
 * @throws UserError where there are more steps than T
 */
export function karrasLevels(alphaBar: Float64Array, steps: number, rho: number): LevelPair[] {
  checkSteps(steps, alphaBar.length);
  const sigmas = Array.from(alphaBar, (each) => sigmaOf({ t: 0, alphaBar: Math.max(each, MIN_ALPHA_BAR) }));
  const [least = NaN, greatest = NaN] = [sigmas[0], sigmas.at(-1)];
  const levels = Array.from({ length: steps }, (_, index) => {
    const share = steps > 1 ? index / (steps - 1) : 0;
    // σ_i = (σ_max^(1/ρ) + i/(N - 1) (σ_min^(1/ρ) - σ_max^(1/ρ)))^ρ
    const sigma = (greatest ** (1 / rho) * (1 - share) + least ** (1 / rho) * share) ** rho;
    return { t: timeOf(sigma, sigmas), alphaBar: 1 / (1 + sigma ** 2) };
  });
  return pairs(levels);
}

/** The time at which the noise is σ, between two time steps evenly by log σ. @param sigmas rising */
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
  throw new UserError(`Sampling in ${steps} steps: from t = ${total - 1} on there are only ${total}.`, {
    hints: [`Choose 1 to ${total} of them: sampler.steps=${Math.min(50, total)}`],
    exitCode: ExitCode.usage,
  });
}
