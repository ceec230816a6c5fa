import { plot } from 'simple-ascii-chart';
import { Canvas, type Color, type Position } from './canvas';
import type { Point } from './curve';

/** Size of the image and of its margins, in pixels. */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [800, 500, 80, 60, 40, 40];
const GREY: Color = [221, 221, 221];
const BLUE: Color = [31, 119, 180];
const RED: Color = [214, 39, 40];
const TICKS = 5;

/** The curve over a logarithmic axis as a PNG, with the suggestion marked. */
export function plotPNG(curve: readonly Point[], suggestion?: Point): Promise<Buffer> {
  const canvas = new Canvas(WIDTH, HEIGHT);
  const [rates, losses] = [curve.map(({ rate }) => Math.log10(rate)), curve.map(({ loss }) => loss)];
  const toX = scale(rangeOf(rates), [LEFT, WIDTH - RIGHT]);
  const toY = scale(rangeOf(losses), [HEIGHT - BOTTOM, TOP]);
  const at = ({ rate, loss }: Point): Position => [toX(Math.log10(rate)), toY(loss)];
  for (const tick of ticksBetween(rangeOf(rates))) {
    canvas.line([toX(tick), TOP], [toX(tick), HEIGHT - BOTTOM], GREY);
    canvas.label((10 ** tick).toExponential(1), [toX(tick), HEIGHT - BOTTOM + 16]);
  }
  for (const tick of ticksBetween(rangeOf(losses))) {
    canvas.line([LEFT, toY(tick)], [WIDTH - RIGHT, toY(tick)], GREY);
    canvas.label(tick.toPrecision(3), [LEFT / 2, toY(tick)]);
  }
  for (const [index, point] of curve.slice(1).entries()) canvas.line(at(curve[index] ?? point), at(point), BLUE, 3);
  if (suggestion) markSuggestion(canvas, at(suggestion), suggestion);
  canvas.label('learning rate', [(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16]);
  canvas.label('smoothed loss', [LEFT, TOP / 2]);
  return canvas.png();
}

function markSuggestion(canvas: Canvas, [x, y]: Position, { rate }: Point): void {
  canvas.square([x, y], RED, 11);
  canvas.label(rate.toPrecision(3), [x + 36, y - 14]);
}

/** Maps a range linearly to another. */
function scale([low, high]: readonly [number, number], [from, to]: readonly [number, number]) {
  return (value: number): number => from + ((value - low) / (high - low || 1)) * (to - from);
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** The curve as lines of text, over the logarithm of the learning rate. */
export function plotText(curve: readonly Point[]): string[] {
  const points = curve.map(({ rate, loss }): [number, number] => [Math.log10(rate), loss]);
  const ticks = ticksBetween(rangeOf(points.map(([x]) => x)));
  const chart = plot(points, {
    width: 72,
    height: 14,
    customXAxisTicks: ticks,
    formatter: (value, { axis }) => (axis === 'x' ? (10 ** value).toExponential(1) : value.toPrecision(3)),
  });
  return chart.split('\n').flatMap((line) => line.trimEnd() || []);
}

/** Equidistant values, the ends included. */
function ticksBetween([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: TICKS }, (_, index) => first + ((last - first) * index) / (TICKS - 1));
}
