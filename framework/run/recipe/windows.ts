import type { Curve } from '../comparing/curves';

/** A part of a run: the steps after `from`, up to `to`. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Divides a run into equal windows. */
export function windowsOf(steps: number, count: number): Window[] {
  const edge = (index: number) => Math.round((steps * index) / count);
  return Array.from({ length: Math.min(count, steps) }, (_, index) => ({ from: edge(index), to: edge(index + 1) }));
}

/**
 * Mean of a metric over the steps of a window. A point of a curve is itself a mean over the steps since the previous point, and is
 * weighted by their number within the window.
 * @returns undefined if the curve does not reach the window's end
 */
export function meanWithin(curve: Curve, { from, to }: Window): number | undefined {
  if ((curve.at(-1)?.step ?? 0) < to) return undefined;
  let [sum, updates, before] = [0, 0, 0];
  for (const { step, value } of curve) {
    const covered = Math.min(step, to) - Math.max(before, from);
    before = step;
    if (covered <= 0) continue;
    sum += value * covered;
    updates += covered;
  }
  return sum / updates;
}
