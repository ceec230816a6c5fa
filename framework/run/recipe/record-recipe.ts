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

/** So many places of a curve are compared. */
const WINDOWS = 16;
/** A band reaches so many standard deviations of a single run to each side: one run in a thousand is outside at a place by chance. */
const DEVIATIONS = 4;

/**
 * Makes a recipe of a completed run, better of several with equal settings and other seeds: of one alone, its own scatter tells how far others
 * may be from it.
 * @param metric whose curve is recorded
 * @throws UserError where the runs do not fit together
 */
export function recordRecipe(name: string, folders: readonly RunFolder[], metric: string): Recipe {
  const [first] = folders;
  if (!first) throw new UserError('A run is wanted to record a recipe from.');
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
  if (status !== 'completed') throw new UserError(`${folder.id} is ${status}, and completed runs are wanted.`);
  const [one, other] = [settingsToLearn(first), settingsToLearn(folder)];
  const keys = Object.keys({ ...one, ...other }).filter((key) => !isDeepStrictEqual(one[key], other[key]));
  if (keys.length === 0) return;
  throw new UserError(`${folder.id} and ${first.id} are not of one recipe.`, {
    hints: [`They differ in ${keys.join(', ')}.`],
  });
}

function curveOf({ id, metrics }: RunFolder, metric: string): Curve {
  const curve = readCurves(metrics).get(metric);
  if (curve) return curve;
  throw new UserError(`${id} has no metric ${metric}.`);
}

/** Where the metric is expected: around the mean of the runs, as far as runs deviate from it, which is told from all places together. */
function bandsOf(curves: readonly Curve[]): Band[] {
  const windows = windowsOf(Math.min(...curves.map((curve) => curve.at(-1)?.step ?? 0)), WINDOWS);
  const spreads = windows.map((window) => ({ window, ...spreadOf(curves, window) }));
  // A further run deviates from the mean of these by its own deviation and by theirs.
  const reach = DEVIATIONS * Math.sqrt(median(spreads.map(({ variance }) => variance)) * (1 + 1 / curves.length));
  return spreads.map(({ window, mean }) => {
    const [low, high] = [mean * (1 - reach), mean * (1 + reach)];
    return { ...window, mean: rounded(mean), low: rounded(low), high: rounded(high) };
  });
}

/** The mean of runs in a window, and the variance of one run's mean there, relative to it. */
function spreadOf(curves: readonly Curve[], window: Window): { mean: number; variance: number } {
  const [curve = [], ...others] = curves;
  const means = curves.map((each) => meanWithin(each, window) ?? NaN);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  if (others.length > 0) return { mean, variance: varianceOf(means, mean) };
  const points = curve.filter(({ step }) => step > window.from && step <= window.to).map(({ value }) => value);
  return { mean, variance: varianceOf(points, mean) / points.length };
}

/** Relative to a mean. */
function varianceOf(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value / mean - 1) ** 2, 0) / Math.max(1, values.length - 1);
}

/** Where a curve falls fast, its scatter is much larger than where it is even: the middle one stands for all. */
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
