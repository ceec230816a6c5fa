import type { Command } from '../command';
import { RUN } from '../run-argument';
import { finish } from '../finish';

interface Arguments {
  run: string;
  profile: boolean;
  json: boolean;
}

export const resume: Command<Arguments> = {
  command: 'resume <run>',
  describe: 'Go on with a run from its newest checkpoint',
  builder: (args) =>
    args
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
  handler: async ({ run, profile, json }) => {
    const { openLab } = await import('../lab');
    const { findRun } = await import('../../run/find-run');
    const { givenSettings, readRecord } = await import('../../run/run-record');
    const { resumeRun } = await import('../../experiment/execute');
    const { registry, monitor, runs } = openLab(json);
    const folder = findRun(runs, run);
    const record = readRecord(folder);
    const ingredients = { registry, monitor, name: record.experiment, overrides: givenSettings(record), profile };
    await finish(resumeRun(ingredients, folder), monitor, json);
  },
};
