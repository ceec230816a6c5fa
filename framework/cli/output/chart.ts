import { plot } from 'simple-ascii-chart';
import { type Curve, resampled } from '../../run/comparing/curves';
import { formatValue } from './format';

const COLORS = ['ansiCyan', 'ansiYellow', 'ansiMagenta', 'ansiGreen', 'ansiRed', 'ansiBlue'] as const;
/** Of the drawing, without what stands beside it: in characters. */
const [WIDTH, HEIGHT] = [72, 14];
const TICKS = 5;

/** A curve and what it is called. */
export interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
}

/** Lines that draw curves over their steps in one chart, told apart by colours; without colours each has a chart of the same axes. */
export function chart(curves: readonly NamedCurve[], colored: boolean): string {
  const drawn = curves.filter(({ curve }) => curve.length > 1);
  if (drawn.length === 0) return '';
  const points = drawn.map(({ curve }) =>
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
  const names = drawn.map(({ name }) => name);
  if (!colored) return points.map((each, index) => tidy(plot(each, { ...axes, title: names[index] ?? '' }))).join('\n');
  const color = points.map((_, index) => COLORS[index % COLORS.length] ?? COLORS[0]);
  return tidy(plot(points, { ...axes, color, legend: { position: 'bottom', series: names } }));
}

/** Without empty lines, and spaces at the ends of lines. */
function tidy(drawing: string): string {
  const lines = drawing.split('\n').map((line) => line.trimEnd());
  return lines.filter(Boolean).join('\n');
}

function rangeOf(values: readonly number[]): [least: number, greatest: number] {
  const both = ([low, high]: [number, number], each: number): [number, number] => [
    Math.min(low, each),
    Math.max(high, each),
  ];
  return values.reduce(both, [Infinity, -Infinity]);
}

/** Numbers at equal distances from the least to the greatest. */
function ticks([least, greatest]: readonly [number, number]): number[] {
  return Array.from({ length: TICKS }, (_, index) => least + ((greatest - least) * index) / (TICKS - 1));
}
