import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { type Schema, readJSON } from '../../util/json-file';
import { didYouMean } from '../../util/nearest';
import { ExitCode, UserError } from '../../errors';
import { MEASURED, type Measured } from '../evaluations';

/** Where a metric is expected in a part of a run. */
export interface Band {
  /** The updates after `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  /** The mean over these updates, in the recorded runs. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A run that a recipe was recorded from. */
export interface RecordedRun {
  readonly seed: unknown;
  readonly seconds: number;
  /** What it ran on. */
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What was measured of its images. */
  readonly evaluations: readonly Measured[];
}

/** Settings that are known to be good, and what is expected of a run of them: `recipes/<name>.json` in an experiment's folder. */
export interface Recipe {
  readonly name: string;
  /** What starts a run of it. */
  readonly command: string;
  /** What is to be known of it. */
  readonly note?: string;
  /** Settings that what is learnt depends on. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** None where no curve has been recorded yet. */
  readonly runs: readonly RecordedRun[];
  /** By the metric. */
  readonly curves: Readonly<Record<string, readonly Band[]>>;
}

const BAND: Schema<Band> = v.looseObject({
  from: v.number(),
  to: v.number(),
  mean: v.number(),
  low: v.number(),
  high: v.number(),
});

const RUN: Schema<RecordedRun> = v.looseObject({
  seed: v.unknown(),
  seconds: v.number(),
  machine: v.string(),
  versions: v.record(v.string(), v.string()),
  evaluations: v.array(MEASURED),
});

const SCHEMA: Schema<Omit<Recipe, 'name'>> = v.looseObject({
  command: v.string(),
  note: v.exactOptional(v.string()),
  settings: v.record(v.string(), v.unknown()),
  runs: v.array(RUN),
  curves: v.record(v.string(), v.array(BAND)),
});

/** The recipes in an experiment's folder, by name. @throws UserError where a file cannot be read */
export function readRecipes(folder: string): Recipe[] {
  const path = join(folder, 'recipes');
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((name) => name.endsWith('.json'));
  return files.sort().map((file) => ({ ...readJSON(join(path, file), SCHEMA), name: basename(file, '.json') }));
}

/** @throws UserError proposing the nearest name */
export function findRecipe(recipes: readonly Recipe[], name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new UserError(`There is no recipe ${name}.`, {
    hints: [didYouMean(name, names, 'Recipes')],
    exitCode: ExitCode.usage,
  });
}
