/**
 * Rescales ᾱ so that x_T is noise alone: √ᾱ is shifted to 0 at T, and stretched to keep its value at the first step.
 * Lin et al. 2023, arXiv:2305.08891, algorithm 1.
 * @param alphaBar at the indices 0 to T - 1, falling
 */
export function zeroTerminal(alphaBar: Float64Array): Float64Array {
  const roots = alphaBar.map(Math.sqrt);
  const [first = NaN, last = NaN] = [roots[0], roots.at(-1)];
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}
