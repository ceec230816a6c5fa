import type { Command } from '../command';
import { finish } from '../finish';

interface Arguments {
  experiment: string;
  settings: string[];
  set: string[];
  id: string | undefined;
  profile: boolean;
  json: boolean;
}

export const run: Command<Arguments> = {
  command: 'run <experiment> [settings..]',
  describe: 'Train an experiment',
  builder: (args) =>
    args
      .positional('experiment', { type: 'string', demandOption: true, describe: 'Its name, as exp list shows it' })
      .positional('settings', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Settings: key=value or slot.key=value',
      })
      .option('set', { type: 'string', array: true, default: [], describe: 'Settings, the same as without --set' })
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
  handler: async ({ experiment, settings, set, id, profile, json }) => {
    const { openLab } = await import('../lab');
    const { startRun } = await import('../../experiment/execute');
    const { registry, monitor, runs } = openLab(json);
    const overrides = [...settings, ...set];
    await finish(startRun({ registry, monitor, name: experiment, overrides, profile }, runs, id), monitor, json);
  },
};
