import type { Command } from '../command';
import { CHECKPOINT } from '../options/run';
import { withWorkersOption, type WorkersArguments } from '../options/settings';
import { reportOutcome } from '../output/report-outcome';

interface Arguments extends WorkersArguments {
  run: string;
  settings: string[];
  profile: boolean;
  json: boolean;
}

export const resume: Command<Arguments> = {
  command: 'resume <run> [settings..]',
  describe: 'Resume a run from its latest valid checkpoint',
  builder: (args) =>
    withWorkersOption(args)
      .positional('run', CHECKPOINT)
      .positional('settings', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Settings to change',
      })
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Profile some steps: a timeline, and the most expensive operations',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the outcome as JSON; progress goes to stderr',
      })
      .example('$0 resume latest epochs=200', 'Train for longer'),
  handler: async ({ run, settings, profile, json, workers }) => {
    const { createContext } = await import('../command-context');
    const { parseOverrides } = await import('../../config/parse/override');
    const { findRunToResume, resumeRun } = await import('../../experiment/lifecycle/resume');
    const { withCluster, runAsWorker } = await import('../workers/workers');
    await withCluster({ workers }, async (cluster) => {
      const { registry, monitor, runs } = createContext(json);
      // Only the chief needs access to the run.
      if (await runAsWorker('resume', { registry, monitor, cluster })) return;
      const { folder, step, changes, ...found } = await findRunToResume(runs, run, parseOverrides(settings));
      const runOptions = { registry, monitor, ...found, profile, cluster };
      await reportOutcome(resumeRun(runOptions, folder, { changes, step }), monitor, json);
    });
  },
};
