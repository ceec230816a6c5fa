import type { Command } from '../command';
import { RUN } from '../run-argument';
import { finish } from '../finish';
import { type WorkersArguments, withWorkersOption } from '../workers-option';

interface Arguments extends WorkersArguments {
  run: string;
  profile: boolean;
  json: boolean;
}

export const resume: Command<Arguments> = {
  command: 'resume <run>',
  describe: 'Go on with a run from its newest checkpoint',
  builder: (args) =>
    withWorkersOption(args)
      .positional('run', RUN)
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Record what some steps do: a timeline, and the operations that take the most time',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print how it ended as JSON; progress goes to stderr',
      }),
  handler: async ({ run, profile, json, workers }) => {
    const { openLab } = await import('../lab');
    const { findRun } = await import('../../run/find-run');
    const { givenSettings, readRecord } = await import('../../run/run-record');
    const { resumeRun } = await import('../../experiment/execute');
    const { amongWorkers, followed } = await import('../workers');
    await amongWorkers({ workers }, async (cluster) => {
      const { registry, monitor, runs } = openLab(json);
      // Only the chief need see the run.
      if (await followed('resume', { registry, monitor, name: '', overrides: [], cluster })) return;
      const folder = findRun(runs, run);
      const record = readRecord(folder);
      const overrides = givenSettings(record);
      const ingredients = { registry, monitor, name: record.experiment, overrides, profile, cluster };
      await finish(resumeRun(ingredients, folder), monitor, json);
    });
  },
};
