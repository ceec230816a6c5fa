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
import { commandName } from '../../util/command-name';

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
      .option('id', { type: 'string', requiresArg: true, describe: 'Run ID; default: a timestamp' })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'Start from a checkpoint of another run, RUN or RUN@STEP, with its experiment and settings',
      })
      .option('launcher', LAUNCHER)
      // Set by the job of a launcher, for a run that was submitted.
      .option('submitted', { type: 'boolean', default: false, hidden: true })
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Profile some steps: a timeline, and the most expensive operations',
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'Run name, appended to the timestamp' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Print what would run, without running it' })
      .conflicts('id', 'name')
      .conflicts('from', 'launcher')
      .conflicts('launcher', 'workers')
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the outcome as JSON; progress goes to stderr',
      })
      .example('$0 run EXPERIMENT', 'Train with the default settings; exp list shows the experiments')
      .example(
        '$0 run EXPERIMENT --set learningRate=1e-4 epochs=100',
        'Train on faces, with the settings of the paper',
      ),
  handler: async ({ id, name, from, launcher, submitted, profile, json, workers, 'dry-run': dryRun, ...selected }) => {
    const { createContext } = await import('../command-context');
    const identity = { id, name };
    if (from !== undefined) {
      const { startFork } = await import('../fork');
      await startFork(selected, { from, identity, profile, dryRun, json, workers });
      return;
    }
    requireExperiment(selected);
    if (launcher !== undefined) {
      const { submit, printSubmission } = await import('../submit');
      await (dryRun ? printSubmission : submit)(selected, { launcher, identity, profile, json });
      return;
    }
    rejectLauncherOverrides(splitLauncherOverrides([...selected.settings, ...selected.set]).launcher);
    if (dryRun) {
      const { printDryRun } = await import('../output/print-dry-run');
      const request = {
        registry: createContext(json).registry,
        name: selected.experiment,
        overrides: await overridesOf(selected),
      };
      await printDryRun(request, name, json);
      return;
    }
    const { startRun } = await import('../../experiment/lifecycle/start');
    const { withCluster, runAsWorker } = await import('../workers/workers');
    const { checkProject } = await import('../../api/project');
    await withCluster({ workers }, async (cluster) => {
      const { registry, monitor, runs } = createContext(json);
      const { submittedRun } = await import('../../experiment/launching/submit-run');
      const run = submitted ? submittedRun(runs, selected.experiment, id ?? '') : undefined;
      const overrides = run?.overrides ?? (await overridesOf(selected));
      const runOptions = { registry, monitor, name: selected.experiment, overrides, profile, cluster };
      if (await runAsWorker('run', runOptions)) return;
      if (!submitted) await checkProject(runs);
      await reportOutcome(
        startRun(runOptions, runs, { identity: run ? { submitted: run.folder } : identity }),
        monitor,
        json,
      );
    });
  },
};

/** @throws UserError if no experiment is named */
function requireExperiment({ experiment }: Partial<SettingsArguments>): void {
  if (experiment !== undefined) return;
  throw new UserError(
    `No experiment given. For example: ${commandName()} run EXPERIMENT, or ${commandName()} run --from RUN.`,
    {
      hints: [`${commandName()} list shows the available experiments.`],
      exitCode: ExitCode.usage,
    },
  );
}
