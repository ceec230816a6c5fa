import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { type Schema, readJSON } from '../../util/json-file';
import { didYouMean } from '../../util/nearest';
import { ExitCode, UserError } from '../../errors';
import { MEASURED, type Measured } from '../evaluations';

/** Expected range of a metric in a part of a run. */
export interface Band {
  /** The steps after `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  /** Mean over these steps in the recorded runs. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A run that a recipe was recorded from. */
export interface RecordedRun {
  readonly seed: unknown;
  readonly seconds: number;
  /** CPU of the machine. */
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Evaluations by `exp evaluate`. */
  readonly evaluations: readonly Measured[];
}

/** Known good settings with the expected results of a run: `recipes/<name>.json` in an experiment's folder. */
export interface Recipe {
  readonly name: string;
  /** Command that starts a run of it. */
  readonly command: string;
  /** Remarks. */
  readonly note?: string;
  /** Settings that affect learning. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Recorded runs; empty if no curve has been recorded yet. */
  readonly runs: readonly RecordedRun[];
  /** Bands by metric. */
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

/** Recipes in an experiment's folder, sorted by name. @throws UserError if a file cannot be read */
export function readRecipes(folder: string): Recipe[] {
  const path = join(folder, 'recipes');
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((name) => name.endsWith('.json'));
  return files.sort().map((file) => ({ ...readJSON(join(path, file), SCHEMA), name: basename(file, '.json') }));
}

/** @throws UserError suggesting the nearest name */
export function findRecipe(recipes: readonly Recipe[], name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new UserError(`Unknown recipe "${name}".`, {
    hints: [didYouMean(name, names, 'Recipes')],
    exitCode: ExitCode.usage,
  });
}
