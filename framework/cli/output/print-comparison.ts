import { ExitCode, UserError } from '../../errors';
import type { Goal } from '../../kinds/metric';
import type { Comparison, MetricDetail } from '../../run/comparing/comparison';
import { isSystemMetric } from '../../run/metric-summary';
import { environmentVariable } from '../../util/environment-variable';
import { didYouMean } from '../../util/nearest';
import { printable } from '../../util/printable';
import { chart } from './chart';
import { formatTable } from '../../util/format';
import { formatValue } from './format';

/**
 * Prints the differing settings, the metrics and the curves of runs.
 * @param plotted the metrics to plot; the first one if empty
 * @throws UserError if no run has such a metric
 */
export function printComparison(comparison: Comparison, plotted: readonly string[]): void {
  const ids = comparison.runs.map(({ id }) => id);
  const names = Object.keys(comparison.metrics);
  checkMetrics(plotted, names);
  printSettings(comparison, ids);
  printMetrics(comparison, ids);
  const colored = process.stdout.isTTY && environmentVariable('NO_COLOR') === undefined;
  for (const name of plotted.length > 0 ? plotted : names.slice(0, 1)) {
    const curves = (comparison.curves.get(name) ?? []).map((curve, index) => ({
      name: printable(ids[index] ?? ''),
      curve,
    }));
    console.log(`\n${name}`);
    if (colored) process.stdout.write(`${chart(curves, true)}\n`);
    else console.log(chart(curves, false));
  }
}

function checkMetrics(requested: readonly string[], names: readonly string[]): void {
  const unknown = requested.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new UserError(`No run has a metric ${unknown}.`, {
    hints: [didYouMean(unknown, names, 'Metrics')],
    exitCode: ExitCode.usage,
  });
}

function printSettings({ settings }: Comparison, ids: readonly string[]): void {
  const rows = Object.entries(settings).map(([key, values]) => [key, ...values.map(formatValue)]);
  if (rows.length === 0) console.log('All settings are equal.');
  else for (const line of formatTable(['setting', ...ids], rows)) console.log(line);
}

/** Prints a row for each metric and run, with a star at the best run of a metric. */
function printMetrics({ metrics, goals, runs }: Comparison, ids: readonly string[]): void {
  // Metrics of the hardware, of the updates or of a setting have no best value.
  const hasNoGoal = (name: string) =>
    isSystemMetric(name) || isOfUpdates(name) || runs.some(({ settings }) => Object.hasOwn(settings, name));
  const rows = Object.entries(metrics).flatMap(([name, details]) => {
    const best = hasNoGoal(name) ? undefined : bestOf(goals[name] ?? 'min', details);
    return details.map((detail, index) => [
      index === 0 ? name : '',
      `${ids[index] ?? ''}${detail !== undefined && detail === best ? ' *' : ''}`,
      formatValue(detail?.last),
      ...[detail?.min, detail?.max].map((extreme) =>
        extreme ? `${formatValue(extreme.value)} @ ${extreme.step}` : '-',
      ),
    ]);
  });
  if (rows.length === 0) return;
  console.log('');
  for (const line of formatTable(['metric', 'run', 'last', 'min @ step', 'max @ step'], rows)) console.log(line);
  console.log("* best value (highest or lowest, by the metric's goal)");
}

/** Whether a metric describes a learner's updates rather than what they achieve: `gradientNorm`, `generator/learningRate`. */
function isOfUpdates(name: string): boolean {
  return /(^|\/)(gradientNorm|learningRate)$/.test(name);
}

function bestOf(goal: Goal, details: readonly (MetricDetail | undefined)[]): MetricDetail | undefined {
  const sign = goal === 'max' ? -1 : 1;
  const present = details.filter((detail) => detail !== undefined);
  return present.reduce<MetricDetail | undefined>(
    (best, detail) => (best && sign * best[goal].value <= sign * detail[goal].value ? best : detail),
    undefined,
  );
}
