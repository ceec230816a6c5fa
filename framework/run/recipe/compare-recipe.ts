import { type Curve, readCurves } from '../comparing/curves';
import type { RunFolder } from '../run-folder';
import { type Difference, differencesFrom } from './learning-settings';
import type { Band, Recipe } from './recipe';
import { meanWithin } from './windows';

/** Check of a run against a band of a curve. */
export interface BandCheck extends Band {
  readonly metric: string;
  /** Mean of the run in the band's window. */
  readonly value: number;
  readonly verdict: 'within' | 'above' | 'below';
}

/** Comparison of a run with a recipe. */
export interface RecipeComparison {
  readonly recipe: Recipe;
  /** Settings that differ. */
  readonly differences: readonly Difference[];
  /** Checks of the bands that the run has reached, in order. */
  readonly checks: readonly BandCheck[];
  /** Total number of bands. */
  readonly total: number;
  /** First check that failed. */
  readonly left?: BandCheck;
}

export function compareWithRecipe(folder: RunFolder, recipe: Recipe): RecipeComparison {
  const curves = readCurves(folder.metrics);
  const checks = Object.entries(recipe.curves).flatMap(([metric, bands]) =>
    bands.flatMap((band) => checkBand(metric, band, curves.get(metric) ?? [])),
  );
  const failed = checks.find(({ verdict }) => verdict !== 'within');
  const total = Object.values(recipe.curves).reduce((sum, bands) => sum + bands.length, 0);
  return {
    recipe,
    differences: differencesFrom(recipe, folder),
    checks: checks,
    total,
    ...(failed && { left: failed }),
  };
}

function checkBand(metric: string, band: Band, curve: Curve): BandCheck[] {
  const value = meanWithin(curve, band);
  if (value === undefined) return [];
  return [{ metric, ...band, value, verdict: value > band.high ? 'above' : value < band.low ? 'below' : 'within' }];
}

/** The recipe that a run most likely belongs to: the one with the fewest different settings. */
export function nearestRecipe(folder: RunFolder, recipes: readonly Recipe[]): Recipe | undefined {
  const counted = recipes.map((recipe) => ({ recipe, count: differencesFrom(recipe, folder).length }));
  return counted.reduce<(typeof counted)[number] | undefined>(
    (best, each) => (best && best.count <= each.count ? best : each),
    undefined,
  )?.recipe;
}
