import { resolve } from 'node:path';
import type { Command } from '../command';
import { FILE_OPTION } from '../options/file';
import { RUNS } from '../options/run';

interface Arguments {
  name: string;
  runs: string[];
  metric: string;
  note: string | undefined;
  out: string | undefined;
  force: boolean;
}

export const recordRecipe: Command<Arguments> = {
  command: 'record-recipe <name> <runs..>',
  describe: 'Record the curves of completed runs that differ in their seed only, as a baseline',
  builder: (args) =>
    args
      .positional('name', { type: 'string', demandOption: true, describe: 'Name of the recipe: that of a preset' })
      .positional('runs', RUNS)
      .option('metric', { type: 'string', default: 'loss', describe: 'Metric to record' })
      .option('note', { type: 'string', describe: 'Note to store with it' })
      .option('out', { ...FILE_OPTION, describe: 'Output file; default: NAME.json' })
      .option('force', { type: 'boolean', default: false, describe: 'Replace the file if it exists' }),
  handler: async ({ name, runs, metric, note, force, out = `${name}.json` }) => {
    const { writeJSON } = await import('../../util/json-file');
    const { findRun } = await import('../../run/find-run');
    const { recordRecipe: record } = await import('../../run/recipe/record-recipe');
    const { runsFolder, displayPath } = await import('../../run/runs-folder');
    const { prepareFiles } = await import('../../experiment/sampling/output-path');
    prepareFiles([resolve(out)], force);
    const folders = new Map(runs.map((run) => findRun(runsFolder(), run)).map((folder) => [folder.path, folder]));
    const recipe = record(name, [...folders.values()], metric);
    writeJSON(resolve(out), { ...recipe, ...(note !== undefined && { note }) });
    console.log(`Recorded from ${folders.size} ${folders.size === 1 ? 'run' : 'runs'}: ${displayPath(resolve(out))}`);
    console.log(`  Put it into recipes/ in the experiment's folder to use it with exp compare-recipe.`);
  },
};
