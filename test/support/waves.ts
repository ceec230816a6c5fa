import type { Weight } from './weights';

/** sin(0.37 i² + phase) for the flat index i, as in test/reference/labml_unet.py. */
export function waves(count: number, phase: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(0.37 * (i * i) + phase));
}

/** The value of the parameter at a place, as in test/reference/labml_unet.py. */
export const waveWeight: Weight = (name, shape, index) => {
  const values = waves(productOf(shape), index);
  if (/norm\d?\.weight$/.test(name)) return values.map((value) => 1 + 0.1 * value);
  if (shape.length === 1) return values.map((value) => 0.1 * value);
  const root = Math.sqrt(productOf(shape.slice(1)));
  return values.map((value) => value / root);
};

function productOf(sides: readonly number[]): number {
  return sides.reduce((product, side) => product * side, 1);
}
