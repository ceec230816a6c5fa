import type { EvaluationRecord } from '../../run/evaluations';
import type { RecipeComparison } from '../../run/recipe/compare-recipe';
import type { Recipe } from '../../run/recipe/recipe';
import { formatTable, duration } from '../../util/format';
import { formatValue } from './format';

/** Prints the comparison of a run with a recipe. */
export function printRecipeComparison(comparison: RecipeComparison, evaluations: readonly EvaluationRecord[]): void {
  const { recipe, differences } = comparison;
  console.log(heading(recipe));
  if (recipe.note !== undefined) console.log(`  ${recipe.note}`);
  for (const { key, wanted, found } of differences)
    console.log(`  ${key} is ${formatValue(found)}, not ${formatValue(wanted)}`);
  if (recipe.runs.length === 0) return;
  printChecks(comparison);
  printQuality(recipe, evaluations);
  console.log(`\n${verdict(comparison)}`);
}

/** A comparison with the keys that scripts rely on. */
export function comparisonToJSON({ checks, ...comparison }: RecipeComparison): object {
  return { ...comparison, ['places']: checks };
}

function heading({ name, runs, command }: Recipe): string {
  if (runs.length === 0) return `${name}: ${command}. No curve is recorded yet, so runs cannot be compared with it.`;
  const each = runs.map(({ seed, seconds }) => `seed ${String(seed)} in ${duration(seconds)}`);
  return `${name}: ${command}, recorded from ${each.join(', ')}.`;
}

function printChecks({ checks }: RecipeComparison): void {
  if (checks.length === 0) return;
  console.log('');
  const rows = checks.map(({ metric, from, to, value, low, high, verdict }) => [
    `${from + 1} to ${to}`,
    metric,
    formatValue(value),
    `${formatValue(low)} to ${formatValue(high)}`,
    verdict === 'within' ? '' : verdict,
  ]);
  for (const line of formatTable(['steps', 'metric', 'mean', 'expected', ''], rows)) console.log(line);
}

/** Prints the evaluations of the recorded runs and of this one. */
function printQuality({ runs }: Recipe, evaluations: readonly EvaluationRecord[]): void {
  const recorded = runs.flatMap(({ seed, evaluations: all }) =>
    all.map((each) => ({ source: `seed ${String(seed)}`, ...each })),
  );
  const rows = [...recorded, ...evaluations.map((each) => ({ source: 'this run', ...each }))];
  const names = [...new Set(rows.flatMap(({ numbers }) => Object.keys(numbers)))];
  if (rows.length === 0) return;
  console.log('');
  const cells = rows.map(({ source, step, numbers }) => [
    source,
    ...[step, ...names.map((name) => numbers[name])].map(formatValue),
  ]);
  for (const line of formatTable(['evaluation of', 'step', ...names], cells)) console.log(line);
}

function verdict({ checks, total, left: deviation, differences }: RecipeComparison): string {
  const remark = differences.length === 0 ? '' : ' Its settings differ, which may be why.';
  if (deviation) {
    const { metric, from, to, verdict } = deviation;
    return `Off the curve: ${metric} is ${verdict} the expected range at steps ${from + 1} to ${to}, and within it before.${remark}`;
  }
  if (checks.length === 0) return 'Too short to compare: the run ends before the end of the first interval.';
  return checks.length === total
    ? 'On the curve, in all intervals.'
    : `On the curve so far, in ${checks.length} of ${total} intervals.`;
}
