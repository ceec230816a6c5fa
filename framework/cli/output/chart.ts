import { plot } from 'simple-ascii-chart';
import { type Curve, resampled } from '../../run/comparing/curves';
import { formatValue } from './format';

const COLORS = ['ansiCyan', 'ansiYellow', 'ansiMagenta', 'ansiGreen', 'ansiRed', 'ansiBlue'] as const;
/** Size of the plot area, without axis labels, in characters. */
const [WIDTH, HEIGHT] = [72, 14];
const TICKS = 5;

/** A curve with its name. */
export interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
}

/** Plots curves over steps in one chart, distinguished by colour; without colours, in one chart each with the same axes. */
export function chart(curves: readonly NamedCurve[], colored: boolean): string {
  const plottable = curves.filter(({ curve }) => curve.length > 1);
  if (plottable.length === 0) return '';
  const points = plottable.map(({ curve }) =>
    resampled(curve, WIDTH).map(({ step, value }): [number, number] => [step, value]),
  );
  const all = points.flat();
  const values = all.map(([, value]) => value);
  const axes = {
    width: WIDTH,
    height: HEIGHT,
    customXAxisTicks: ticks(rangeOf(all.map(([step]) => step))).map(Math.round),
    customYAxisTicks: ticks(rangeOf(values)),
    yRange: rangeOf(values),
    formatter: formatValue,
  };
  const names = plottable.map(({ name }) => name);
  if (!colored)
    return points.map((each, index) => trimLines(plot(each, { ...axes, title: names[index] ?? '' }))).join('\n');
  const color = points.map((_, index) => COLORS[index % COLORS.length] ?? COLORS[0]);
  return trimLines(plot(points, { ...axes, color, legend: { position: 'bottom', series: names } }));
}

/** Removes empty lines and trailing spaces. */
function trimLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.filter(Boolean).join('\n');
}

function rangeOf(values: readonly number[]): [minimum: number, maximum: number] {
  const extend = ([low, high]: [number, number], each: number): [number, number] => [
    Math.min(low, each),
    Math.max(high, each),
  ];
  return values.reduce(extend, [Infinity, -Infinity]);
}

/** Equidistant numbers from the minimum to the maximum. */
function ticks([minimum, maximum]: readonly [number, number]): number[] {
  return Array.from({ length: TICKS }, (_, index) => minimum + ((maximum - minimum) * index) / (TICKS - 1));
}
