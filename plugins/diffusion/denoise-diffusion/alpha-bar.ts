import { UserError } from 'explab';

/**
 * ᾱ_t = α_0 α_1 ... α_t, with α_t = 1 - β_t.
 * @param betas at the indices 0 to T - 1
 * @throws UserError if a step adds no noise, or ᾱ is 0 before the last step
 */
export function alphaBarOf(betas: Float64Array): Float64Array {
  let product = 1;
  const last = betas.length - 1;
  return betas.map((beta, t) => {
    if (beta > 0 && (beta < 1 || (beta === 1 && t === last))) return checkUnderflow((product *= 1 - beta), beta, t);
    throw new UserError(`The noise schedule has β = ${beta} at step ${t + 1} of ${betas.length}.`, {
      hints: ['Each β must be above 0 and below 1; check the settings of diffusion.schedule.'],
    });
  });
}

/** The product may underflow to 0 although no factor is 0. */
function checkUnderflow(alphaBar: number, beta: number, t: number): number {
  if (alphaBar > 0 || beta === 1) return alphaBar;
  throw new UserError(`The noise schedule destroys the image completely at step ${t + 1}: ᾱ underflows to 0.`, {
    hints: ['Choose fewer steps or smaller β; check the settings of diffusion.schedule.'],
  });
}

/**
 * Rescales ᾱ so that x_T is pure noise: √ᾱ is shifted to 0 at T, and scaled to keep its value at the first step.
 * Lin et al. 2023, arXiv:2305.08891, algorithm 1.
 * @param alphaBar at the indices 0 to T - 1, decreasing
 */
export function zeroTerminal(alphaBar: Float64Array): Float64Array {
  // The only step is the last one.
  if (alphaBar.length === 1) return Float64Array.of(0);
  const roots = alphaBar.map(Math.sqrt);
  const [first = NaN, last = NaN] = [roots[0], roots.at(-1)];
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}
