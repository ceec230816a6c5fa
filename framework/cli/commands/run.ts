import type { Command } from '../command';
import { finish } from '../finish';
import { type SettingsArguments, overridesOf, withSettings } from '../settings';
import { type WorkersArguments, withWorkersOption } from '../workers-option';

interface Arguments extends SettingsArguments, WorkersArguments {
  id: string | undefined;
  profile: boolean;
  name: string | undefined;
  'dry-run': boolean;
  json: boolean;
}

export const run: Command<Arguments> = {
  command: 'run <experiment> [settings..]',
  describe: 'Train an experiment',
  builder: (args) =>
    withWorkersOption(withSettings(args))
      .option('id', { type: 'string', requiresArg: true, describe: "The run's id, instead of the time" })
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Record what some steps do: a timeline, and the operations that take the most time',
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'A name for the run, beside the time' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would run, and do nothing' })
      .conflicts('id', 'name')
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print how it ended as JSON; progress goes to stderr',
      })
      .example('$0 run diffuse', 'Learn to draw digits, in a few minutes')
      .example(
        '$0 run diffuse --set dataset=CelebA dataset.root=photos epochs=100',
        'Faces, with the settings of the paper',
      ),
  handler: async ({ id, name, profile, json, 'dry-run': dryRun, ...words }) => {
    const { openLab } = await import('../lab');
    if (dryRun) {
      const { tellDryRun } = await import('../dry-run');
      await tellDryRun(words, name, json);
      return;
    }
    const { startRun } = await import('../../experiment/execute');
    const { amongWorkers, followed } = await import('../workers');
    const overrides = await overridesOf(words);
    await amongWorkers(words, async (cluster) => {
      const { registry, monitor, runs } = openLab(json);
      const called = name === undefined ? { id } : { name };
      const ingredients = { registry, monitor, name: words.experiment, overrides, profile, cluster };
      if (await followed('run', ingredients)) return;
      await finish(startRun(ingredients, runs, called), monitor, json);
    });
  },
};
