/** The number that a worker has at a place of a tensor. */
export function numberOf(index: number, which: number, position: number): number {
  return Math.sin((index + 1) * (which + 1) * (position + 1));
}
