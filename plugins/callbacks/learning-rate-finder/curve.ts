/** Learning rate and loss of a step. */
export interface Point {
  readonly rate: number;
  readonly loss: number;
}

/** Decay of the moving average of the loss, as in fastai and Lightning. */
const DECAY = 0.98;
/** Multiple of the smallest smoothed loss that ends the search, likewise. */
const LIMIT = 4;

/** The losses as an exponential moving average without the bias towards its initial 0, as in Adam. */
export function smoothed(points: readonly Point[], decay = DECAY): Point[] {
  let average = 0;
  return points.map(({ rate, loss }, index) => {
    average = decay * average + (1 - decay) * loss;
    return { rate, loss: average / (1 - decay ** (index + 1)) };
  });
}

/** True if the last smoothed loss is more than four times the smallest; for a negative one, as far above it. */
export function hasDiverged(curve: readonly Point[]): boolean {
  const best = Math.min(...curve.map(({ loss }) => loss));
  return (curve.at(-1)?.loss ?? best) > best + (LIMIT - 1) * Math.abs(best);
}

/**
 * The point of the steepest descent of the smoothed loss over the logarithm of the learning rate; undefined if the loss never falls. The
 * first tenth is left out, where the average has hardly begun.
 */
export function steepest(curve: readonly Point[]): Point | undefined {
  const slopes = slopesOf(curve);
  const first = Math.floor(curve.length / 10);
  const least = Math.min(...slopes.slice(first));
  return least < 0 ? curve[slopes.indexOf(least, first)] : undefined;
}

/** Central differences, one-sided at the ends, as `numpy.gradient` has them for equal distances. */
function slopesOf(curve: readonly Point[]): number[] {
  return curve.map((_, index) => {
    const [before, after] = [Math.max(0, index - 1), Math.min(curve.length - 1, index + 1)];
    const [from, to] = [curve[before], curve[after]];
    return from && to && from !== to ? (to.loss - from.loss) / Math.log(to.rate / from.rate) : 0;
  });
}
