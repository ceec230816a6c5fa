import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findExperiment } from '../experiment/find-experiment';
import { type Recipe, readRecipes } from '../run/recipe/recipe';
import { openLab } from './lab';
import { pluginRoots } from './plugin-roots';

/** The folder of an experiment's code. */
function folderOf(experiment: string): string {
  const { file } = findExperiment(openLab(true).registry, experiment);
  const places = pluginRoots().map((root) => join(root, file));
  return dirname(places.find((place) => existsSync(place)) ?? file);
}

/** The recipes of an experiment. */
export function recipesOf(experiment: string): Recipe[] {
  return readRecipes(folderOf(experiment));
}
