import { ExitCode, UserError } from '../../errors';
import type { Command } from '../command';
import { LAUNCHER, splitLauncherOverrides, rejectLauncherOverrides } from '../options/launcher';
import {
  overridesOf,
  type SettingsArguments,
  withSettings,
  withWorkersOption,
  type WorkersArguments,
} from '../options/settings';
import { reportOutcome } from '../output/report-outcome';

interface Arguments extends SettingsArguments, WorkersArguments {
  from: string | undefined;
  id: string | undefined;
  launcher: string | undefined;
  submitted: boolean;
  profile: boolean;
  name: string | undefined;
  'dry-run': boolean;
  json: boolean;
}

export const run: Command<Arguments> = {
  command: 'run [experiment] [settings..]',
  describe: 'Train an experiment',
  builder: (args) =>
    withWorkersOption(withSettings(args, false))
      .option('id', { type: 'string', requiresArg: true, describe: "The run's id, instead of the time" })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe:
          'Begin with a checkpoint of a run, RUN or RUN@STEP, and with its settings; no experiment need be named',
      })
      .option('launcher', LAUNCHER)
      // What a launcher's job says of the run that it begins.
      .option('submitted', { type: 'boolean', default: false, hidden: true })
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Record what some steps do: a timeline, and the operations that take the most time',
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'A name for the run, beside the time' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would run, and do nothing' })
      .conflicts('id', 'name')
      .conflicts('from', 'launcher')
      .conflicts('launcher', 'workers')
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
  handler: async ({ id, name, from, launcher, submitted, profile, json, workers, 'dry-run': dryRun, ...selected }) => {
    const { openLab } = await import('../lab');
    const called = { id, name };
    if (from !== undefined) {
      const { startFork } = await import('../fork');
      await startFork(selected, { from, called, profile, dryRun, json, workers });
      return;
    }
    checkNamed(selected);
    if (launcher !== undefined) {
      const { submit, printSubmission } = await import('../submit');
      await (dryRun ? printSubmission : submit)(selected, { launcher, called, profile, json });
      return;
    }
    rejectLauncherOverrides(splitLauncherOverrides([...selected.settings, ...selected.set]).launcher);
    if (dryRun) {
      const { printDryRun } = await import('../output/print-dry-run');
      const asked = {
        registry: openLab(json).registry,
        name: selected.experiment,
        overrides: await overridesOf(selected),
      };
      await printDryRun(asked, name, json);
      return;
    }
    const { startRun } = await import('../../experiment/lifecycle/start');
    const { withCluster, runAsWorker } = await import('../workers/workers');
    await withCluster({ workers }, async (cluster) => {
      const { registry, monitor, runs } = openLab(json);
      const { submittedRun } = await import('../../experiment/launching/submit-run');
      const run = submitted ? submittedRun(runs, selected.experiment, id ?? '') : undefined;
      const overrides = run?.overrides ?? (await overridesOf(selected));
      const ingredients = { registry, monitor, name: selected.experiment, overrides, profile, cluster };
      if (await runAsWorker('run', ingredients)) return;
      await reportOutcome(
        startRun(ingredients, runs, { identity: run ? { submitted: run.folder } : called }),
        monitor,
        json,
      );
    });
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
