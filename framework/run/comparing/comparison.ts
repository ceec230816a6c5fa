import { isDeepStrictEqual } from 'node:util';
import { goalOf, type Goals } from '../../kinds/metric';
import { type RunSummary, summarizeRun } from '../listing/run-summary';
import { sortMetrics } from '../metric-summary';
import type { RunFolder } from '../run-folder';
import { readRecord } from '../run-record';
import { type Curve, readCurves } from './curves';

/** Summary of a metric over a run, with steps. */
export interface MetricDetail {
  readonly last: number;
  readonly min: Extreme;
  readonly max: Extreme;
}

export interface Extreme {
  readonly value: number;
  /** First step with the value. */
  readonly step: number;
}

/** Comparison of runs. */
export interface Comparison {
  readonly runs: readonly RunSummary[];
  /** Settings that differ, each with its values in the order of the runs; undefined if a run does not have it. */
  readonly settings: Readonly<Record<string, readonly unknown[]>>;
  /** Metrics of any run, each in the order of the runs. */
  readonly metrics: Readonly<Record<string, readonly (MetricDetail | undefined)[]>>;
  /** Goal of each of these metrics. */
  readonly goals: Goals;
  /** Points of each metric, in the order of the runs. */
  readonly curves: ReadonlyMap<string, readonly Curve[]>;
}

export function compareRuns(folders: readonly RunFolder[]): Comparison {
  const runs = folders.map(summarizeRun);
  const all = folders.map(({ metrics }) => readCurves(metrics));
  const names = sortMetrics([...new Set(all.flatMap((curves) => [...curves.keys()]))]);
  const curves = new Map(names.map((name) => [name, all.map((each) => each.get(name) ?? [])]));
  const metrics = [...curves].map(([name, each]) => [name, each.map(detailOf)] as const);
  const declared = Object.assign({}, ...folders.map((folder) => readRecord(folder).goals)) as Goals;
  const goals = Object.fromEntries(names.map((name) => [name, goalOf(name, declared)]));
  return { runs, settings: differences(runs), metrics: Object.fromEntries(metrics), goals, curves };
}

function differences(runs: readonly RunSummary[]): Record<string, unknown[]> {
  const keys = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const rows: [string, unknown[]][] = [
    ['experiment', runs.map(({ experiment }) => experiment)],
    ...keys.map((key): [string, unknown[]] => [key, runs.map(({ settings }) => settings[key])]),
  ];
  return Object.fromEntries(rows.filter(([, values]) => values.some((each) => !isDeepStrictEqual(each, values[0]))));
}

function detailOf(curve: Curve): MetricDetail | undefined {
  const last = curve.at(-1);
  if (!last) return undefined;
  const extreme = (isBeyond: (one: number, other: number) => boolean): Extreme => {
    const { value, step } = curve.reduce((best, point) => (isBeyond(point.value, best.value) ? point : best));
    return { value, step };
  };
  return { last: last.value, min: extreme((a, b) => a < b), max: extreme((a, b) => a > b) };
}
