import { type Curve, readCurves } from '../comparing/curves';
import type { RunFolder } from '../run-folder';
import { type Difference, differencesFrom } from './learning-settings';
import type { Band, Recipe } from './recipe';
import { meanWithin } from './windows';

/** How a run stands at a place of a curve. */
export interface BandCheck extends Band {
  readonly metric: string;
  /** The run's mean there. */
  readonly value: number;
  readonly verdict: 'within' | 'above' | 'below';
}

/** How a run stands beside a recipe. */
export interface RecipeComparison {
  readonly recipe: Recipe;
  /** Settings that are others. */
  readonly differences: readonly Difference[];
  /** The places that the run has come to, in order. */
  readonly checks: readonly BandCheck[];
  /** How many there are to come to. */
  readonly total: number;
  /** Where the run left the curve. */
  readonly left?: BandCheck;
}

export function compareWithRecipe(folder: RunFolder, recipe: Recipe): RecipeComparison {
  const curves = readCurves(folder.metrics);
  const checks = Object.entries(recipe.curves).flatMap(([metric, bands]) =>
    bands.flatMap((band) => checkBand(metric, band, curves.get(metric) ?? [])),
  );
  const left = checks.find(({ verdict }) => verdict !== 'within');
  const total = Object.values(recipe.curves).reduce((sum, bands) => sum + bands.length, 0);
  return { recipe, differences: differencesFrom(recipe, folder), checks: checks, total, ...(left && { left }) };
}

function checkBand(metric: string, band: Band, curve: Curve): BandCheck[] {
  const value = meanWithin(curve, band);
  if (value === undefined) return [];
  return [{ metric, ...band, value, verdict: value > band.high ? 'above' : value < band.low ? 'below' : 'within' }];
}

/** The recipe that a run is most likely of: the one whose settings it differs from least. */
export function nearestRecipe(folder: RunFolder, recipes: readonly Recipe[]): Recipe | undefined {
  const counted = recipes.map((recipe) => ({ recipe, count: differencesFrom(recipe, folder).length }));
  return counted.reduce<(typeof counted)[number] | undefined>(
    (best, each) => (best && best.count <= each.count ? best : each),
    undefined,
  )?.recipe;
}
