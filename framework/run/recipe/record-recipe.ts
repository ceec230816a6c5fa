import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../errors';
import { type Curve, readCurves } from '../comparing/curves';
import { readEnvironment } from '../environment/environment-record';
import { readEvaluations } from '../evaluations';
import { readSettings } from '../config-file';
import type { RunFolder } from '../run-folder';
import { readRecord } from '../run-record';
import { settingsToLearn } from './learning-settings';
import type { Band, Recipe, RecordedRun } from './recipe';
import { type Window, meanWithin, windowsOf } from './windows';
import { median } from '../../util/statistics';

/** Number of bands of a curve. */
const WINDOW_COUNT = 16;
/** Half-width of a band in standard deviations of a single run: by chance, one run in a thousand is outside of a band. */
const BAND_DEVIATIONS = 4;

/**
 * Creates a recipe from completed runs, preferably several with equal settings and different seeds; for a single run, the deviation of
 * others is estimated from its own scatter.
 * @param metric whose curve is recorded
 * @throws UserError if a run is not completed, or their settings differ
 */
export function recordRecipe(name: string, folders: readonly RunFolder[], metric: string): Recipe {
  const [first] = folders;
  if (!first) throw new UserError('Expected at least one run to record a recipe from.');
  for (const folder of folders) checkFits(folder, first);
  const { experiment } = readRecord(first);
  const curves = folders.map((folder) => curveOf(folder, metric));
  return {
    name,
    command: `exp run ${experiment} preset=${name}`,
    settings: settingsToLearn(first),
    runs: folders.map(recordedRun),
    curves: { [metric]: bandsOf(curves) },
  };
}

function checkFits(folder: RunFolder, first: RunFolder): void {
  const { status } = readRecord(folder);
  if (status !== 'completed') throw new UserError(`${folder.id} is ${status}, expected a completed run.`);
  const [one, other] = [settingsToLearn(first), settingsToLearn(folder)];
  const keys = Object.keys({ ...one, ...other }).filter((key) => !isDeepStrictEqual(one[key], other[key]));
  if (keys.length === 0) return;
  throw new UserError(`${folder.id} and ${first.id} do not belong to the same recipe.`, {
    hints: [`They differ in ${keys.join(', ')}.`],
  });
}

function curveOf({ id, metrics }: RunFolder, metric: string): Curve {
  const curve = readCurves(metrics).get(metric);
  if (curve) return curve;
  throw new UserError(`${id} has no metric ${metric}.`);
}

/** Bands around the mean of the runs. Their relative width is the same in all windows, from the median variance. */
function bandsOf(curves: readonly Curve[]): Band[] {
  const windows = windowsOf(Math.min(...curves.map((curve) => curve.at(-1)?.step ?? 0)), WINDOW_COUNT);
  const spreads = windows.map((window) => ({ window, ...spreadOf(curves, window) }));
  // A new run deviates from the mean of these runs by its own deviation and by that of the mean.
  const reach = BAND_DEVIATIONS * Math.sqrt(median(spreads.map(({ variance }) => variance)) * (1 + 1 / curves.length));
  return spreads.map(({ window, mean }) => {
    const [low, high] = [mean * (1 - reach), mean * (1 + reach)];
    return { ...window, mean: rounded(mean), low: rounded(low), high: rounded(high) };
  });
}

/** Mean of the runs in a window, and the relative variance of a single run's mean. */
function spreadOf(curves: readonly Curve[], window: Window): { mean: number; variance: number } {
  const [curve = [], ...others] = curves;
  const means = curves.map((each) => meanWithin(each, window) ?? NaN);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  if (others.length > 0) return { mean, variance: varianceOf(means, mean) };
  const points = curve.filter(({ step }) => step > window.from && step <= window.to).map(({ value }) => value);
  return { mean, variance: varianceOf(points, mean) / points.length };
}

/** Variance relative to a mean. */
function varianceOf(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value / mean - 1) ** 2, 0) / Math.max(1, values.length - 1);
}

function recordedRun(folder: RunFolder): RecordedRun {
  const { startedAt, endedAt = startedAt, versions } = readRecord(folder);
  const cpu = readEnvironment(folder)?.machine.cpu;
  const evaluations = readEvaluations(folder).map(({ settings: _, counts: __, ...evaluation }) => evaluation);
  return {
    seed: readSettings(folder)['seed'],
    seconds: Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000),
    machine: cpu ? `${cpu.count} × ${cpu.model}` : 'unknown',
    versions,
    evaluations,
  };
}

function rounded(number: number): number {
  return Number(number.toPrecision(5));
}
