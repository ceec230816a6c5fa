import { ExitCode, UserError } from '../../errors';
import type { Command } from '../command';
import { finish } from '../finish';
import { type SettingsArguments, overridesOf, withSettings } from '../settings';

interface Arguments extends SettingsArguments {
  from: string | undefined;
  id: string | undefined;
  profile: boolean;
  name: string | undefined;
  'dry-run': boolean;
  json: boolean;
}

export const run: Command<Arguments> = {
  command: 'run [experiment] [settings..]',
  describe: 'Train an experiment',
  builder: (args) =>
    withSettings(args, false)
      .option('id', { type: 'string', requiresArg: true, describe: "The run's id, instead of the time" })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe:
          'Begin with a checkpoint of a run, RUN or RUN@STEP, and with its settings; no experiment need be named',
      })
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
  handler: async ({ id, name, from, profile, json, 'dry-run': dryRun, ...words }) => {
    const { openLab } = await import('../lab');
    if (from !== undefined) {
      const { startFork } = await import('../fork');
      await startFork(words, { from, called: { id, name }, profile, dryRun, json });
      return;
    }
    checkNamed(words);
    if (dryRun) {
      const { tellDryRun } = await import('../dry-run');
      await tellDryRun(words, name, json);
      return;
    }
    const { startRun } = await import('../../experiment/execute');
    const { registry, monitor, runs } = openLab(json);
    const overrides = await overridesOf(words);
    const ingredients = { registry, monitor, name: words.experiment, overrides, profile };
    await finish(startRun(ingredients, runs, { called: { id, name } }), monitor, json);
  },
};

/** @throws UserError where no experiment is named */
function checkNamed({ experiment }: Partial<SettingsArguments>): void {
  if (experiment !== undefined) return;
  throw new UserError('Say which experiment, or begin with a run: exp run diffuse, or exp run --from RUN.', {
    hints: ['exp list shows the experiments.'],
    exitCode: ExitCode.usage,
  });
}
