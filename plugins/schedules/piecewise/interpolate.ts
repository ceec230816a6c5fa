import { UserError } from 'explab';

/** A piecewise linear function, given by its support points. */
export interface Line {
  /** In ascending order; equal ones are a jump. */
  readonly positions: readonly number[];
  readonly factors: readonly number[];
}

/**
 * Linear interpolation; constant before the first point and after the last. At a jump the later point applies.
 */
export function interpolate({ positions, factors }: Line, position: number): number {
  const next = positions.findIndex((each) => each > position);
  if (next === 0) return factors[0] ?? 1;
  if (next < 0) return factors.at(-1) ?? 1;
  const [x0 = 0, x1 = 1] = positions.slice(next - 1);
  const [y0 = 1, y1 = 1] = factors.slice(next - 1);
  return y0 + ((y1 - y0) * (position - x0)) / (x1 - x0);
}

/**
 * @param name setting that holds the positions
 * @throws UserError if the lengths differ, or the positions do not ascend
 */
export function checkLine({ positions, factors }: Line, name: string): void {
  if (positions.length !== factors.length) {
    throw new UserError(`${name} has ${positions.length} items and factors ${factors.length}.`, {
      hints: [`Give each item of ${name} one factor, e.g. schedule.${name}=[0,1] schedule.factors=[1,0.5]`],
    });
  }
  const wrong = positions.findIndex((position, index) => position < (positions[index - 1] ?? -Infinity));
  if (wrong < 0) return;
  throw new UserError(
    `${name}=[${positions.join()}] does not ascend: ${positions[wrong] ?? ''} comes after ${positions[wrong - 1] ?? ''}.`,
  );
}
