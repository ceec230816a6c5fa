import type { Mixture, Stage } from '../../framework/kinds/sampler';

/** What a network would tell of the noise in x. */
export type Epsilon = (x: number, alphaBar: number, t: number) => number;

/**
 * Takes a pixel through the stages of a sampler, in float64.
 * @param x where it begins
 * @param noise what a stage draws, by its number
 * @returns x after each stage
 */
export function walk(stages: readonly Stage[], x: number, tell: Epsilon, noise: (stage: number) => number): number[] {
  let kept = 0;
  return stages.map(({ level: { alphaBar, t }, ...to }, number) => {
    const epsilon = tell(x, alphaBar, t);
    const x0 = alphaBar > 0 ? (x - Math.sqrt(1 - alphaBar) * epsilon) / Math.sqrt(alphaBar) : 0;
    const known = { x, x0, epsilon, kept, noise: noise(number) };
    [x, kept] = [mixed(to.x, known), mixed(to.kept ?? {}, known)];
    return x;
  });
}

function mixed(mixture: Mixture, known: Required<Mixture>): number {
  const names = Object.keys(mixture) as (keyof Mixture)[];
  return names.reduce((sum, name) => sum + (mixture[name] ?? 0) * known[name], 0);
}
