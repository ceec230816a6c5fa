import type { Command } from '../command';
import { finish } from '../finish';
import { type SettingsArguments, overridesOf, withSettings } from '../settings';

interface Arguments extends SettingsArguments {
  id: string | undefined;
  profile: boolean;
  json: boolean;
}

export const run: Command<Arguments> = {
  command: 'run <experiment> [settings..]',
  describe: 'Train an experiment',
  builder: (args) =>
    withSettings(args)
      .option('id', { type: 'string', requiresArg: true, describe: "The run's id, instead of the time" })
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Record what some steps do: a timeline, and the operations that take the most time',
      })
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
  handler: async ({ id, profile, json, ...words }) => {
    const { openLab } = await import('../lab');
    const { startRun } = await import('../../experiment/execute');
    const { registry, monitor, runs } = openLab(json);
    const overrides = await overridesOf(words);
    await finish(startRun({ registry, monitor, name: words.experiment, overrides, profile }, runs, id), monitor, json);
  },
};
