import { ExitCode, UserError } from '../../../errors';
import type { Command } from '../../command';
import { RUNS } from '../../options/run';
import { commandName } from '../../../util/command-name';

interface Arguments {
  runs: string[];
  metric: string[];
  json: boolean;
}

export const compare: Command<Arguments> = {
  command: 'compare <runs..>',
  describe: 'Compare the settings, metrics and curves of runs',
  builder: (args) =>
    args
      .positional('runs', RUNS)
      .option('metric', {
        array: true,
        type: 'string',
        default: [],
        describe: 'Metrics to plot; default: the first',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON, without the curves' }),
  handler: async ({ runs, metric, json }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { compareRuns } = await import('../../../run/comparing/comparison');
    const folders = new Map(runs.map((run) => findRun(runsFolder(), run)).map((folder) => [folder.path, folder]));
    if (folders.size < 2) {
      const hints = [`For example: ${commandName()} runs compare latest 20261122-2315`];
      throw new UserError('Expected at least two runs.', { hints, exitCode: ExitCode.usage });
    }
    const comparison = compareRuns([...folders.values()]);
    const { printComparison } = await import('../../output/print-comparison');
    if (json) console.log(JSON.stringify({ ...comparison, curves: undefined }, undefined, 2));
    else printComparison(comparison, metric);
  },
};
