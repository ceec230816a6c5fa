import type { LinearCombination, SamplerStep } from '../kinds/sampler';

/** What a network would tell of the noise in x. */
export type Epsilon = (x: number, alphaBar: number, t: number) => number;

/**
 * Takes a pixel through the stages of a sampler, in float64.
 * @param x where it begins
 * @param noise what a stage draws, by its number
 * @returns x after each stage
 */
export function walk(
  stages: readonly SamplerStep[],
  x: number,
  predict: Epsilon,
  noise: (stage: number) => number,
): number[] {
  let history = 0;
  return stages.map(({ level: { alphaBar, t }, clip = false, ...to }, number) => {
    const epsilon = predict(x, alphaBar, t);
    const x0 = alphaBar > 0 ? (x - Math.sqrt(1 - alphaBar) * epsilon) / Math.sqrt(alphaBar) : 0;
    const known = { x, history, noise: noise(number), ...(clip ? clipped(x0, x, alphaBar) : { x0, epsilon: epsilon }) };
    [x, history] = [mixed(to.x, known), mixed(to.history ?? {}, known)];
    return x;
  });
}

/** x̂_0 in [-1, 1], and the ε that makes x of it. */
function clipped(epsilon: number, x: number, alphaBar: number): { x0: number; epsilon: number } {
  const x0 = Math.min(1, Math.max(-1, epsilon));
  return { x0, epsilon: (x - Math.sqrt(alphaBar) * x0) / Math.sqrt(1 - alphaBar) };
}

function mixed(mixture: LinearCombination, known: Required<LinearCombination>): number {
  const names = Object.keys(mixture) as (keyof LinearCombination)[];
  return names.reduce((sum, name) => sum + (mixture[name] ?? 0) * known[name], 0);
}
