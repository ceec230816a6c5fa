import { UserError } from '../../errors';
import type { Command } from '../command';
import { RUN } from '../options/run';

interface Arguments {
  run: string;
  recipe: string | undefined;
  json: boolean;
}

export const compareRecipe: Command<Arguments> = {
  command: 'compare-recipe <run>',
  describe: 'Compare the curves of a run with a recorded recipe',
  builder: (args) =>
    args
      .positional('run', RUN)
      .option('recipe', {
        type: 'string',
        describe: 'Name of the recipe; default: the one with the most similar settings',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' }),
  handler: async ({ run, recipe: name, json }) => {
    const { runsFolder } = await import('../../run/runs-folder');
    const { recipesOf } = await import('../command-context');
    const { findRun } = await import('../../run/find-run');
    const { readRecord } = await import('../../run/run-record');
    const { compareWithRecipe, nearestRecipe } = await import('../../run/recipe/compare-recipe');
    const { findRecipe } = await import('../../run/recipe/recipe');
    const { readEvaluations } = await import('../../run/evaluations');
    const { comparisonToJSON, printRecipeComparison } = await import('../output/print-recipe');
    const folder = findRun(runsFolder(), run);
    const { experiment } = readRecord(folder);
    const recipes = recipesOf(experiment);
    const recipe = name === undefined ? nearestRecipe(folder, recipes) : findRecipe(recipes, name);
    if (!recipe) throw new UserError(`${experiment} has no recipes.`);
    const comparison = compareWithRecipe(folder, recipe);
    if (json) console.log(JSON.stringify(comparisonToJSON(comparison), undefined, 2));
    else printRecipeComparison(comparison, readEvaluations(folder));
  },
};
