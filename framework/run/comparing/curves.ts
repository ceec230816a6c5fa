import { jsonLines } from '../../util/json-lines';

/** A point of a curve. */
export interface Point {
  readonly step: number;
  readonly value: number;
}

export type Curve = readonly Point[];

/** Reads the curves of metrics.jsonl, by metric; values that are not finite are skipped. */
export function readCurves(file: string): Map<string, Point[]> {
  const curves = new Map<string, Point[]>();
  for (const line of jsonLines(file)) {
    const { step, ...values } = (line ?? {}) as Record<string, unknown>;
    for (const [name, value] of Object.entries(values)) {
      if (typeof step !== 'number' || typeof value !== 'number') continue;
      const curve = curves.get(name) ?? [];
      curves.set(name, curve);
      curve.push({ step, value });
    }
  }
  return curves;
}

/** Resamples a curve to `count` equidistant points, by averaging or linear interpolation. */
export function resampled(curve: Curve, count: number): Curve {
  const points = downsample(curve, count);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length === count) return points;
  return Array.from({ length: count }, (_, index) => {
    const step = first.step + ((last.step - first.step) * index) / (count - 1);
    return { step, value: valueAt(points, step) };
  });
}

/** Averages successive points to at most `count`; each is at the last step of its group. */
function downsample(curve: Curve, count: number): Curve {
  const size = Math.ceil(curve.length / count);
  if (size <= 1) return curve;
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, index) => {
    const points = curve.slice(index * size, (index + 1) * size);
    const value = points.reduce((sum, point) => sum + point.value, 0) / points.length;
    return { step: points.at(-1)?.step ?? 0, value };
  });
}

function valueAt(points: Curve, step: number): number {
  const after = points.findIndex((point) => point.step >= step);
  const [left, right] = [points[Math.max(0, after - 1)], points[after]];
  if (!left || !right || right.step === left.step) return right?.value ?? points.at(-1)?.value ?? NaN;
  return left.value + ((right.value - left.value) * (step - left.step)) / (right.step - left.step);
}
