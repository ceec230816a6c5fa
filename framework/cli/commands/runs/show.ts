import type { Command } from '../../command';
import { RUN } from '../../options/run';

interface Arguments {
  run: string;
  all: boolean;
  json: boolean;
}

export const show: Command<Arguments> = {
  command: 'show <run>',
  describe: 'Show the settings, metrics and environment of a run',
  builder: (args) =>
    args
      .positional('run', RUN)
      .option('all', { type: 'boolean', default: false, describe: 'Include settings at their defaults' })
      .option('json', { type: 'boolean', default: false, describe: 'Print everything as JSON' }),
  handler: async ({ run, all, json }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { describeRun, descriptionToJSON } = await import('../../../run/listing/describe-run');
    const { printRun } = await import('../../output/print-run');
    const { refreshJobStatus } = await import('../../../run/status/refresh-job-status');
    const { queryJobStatus } = await import('../../query-job-status');
    const folder = findRun(runsFolder(), run);
    const described = describeRun(folder);
    const description = { ...described, summary: await refreshJobStatus(folder, described.summary, queryJobStatus) };
    if (json) console.log(JSON.stringify(descriptionToJSON(description), undefined, 2));
    else printRun(description, all);
  },
};
