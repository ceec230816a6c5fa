import type { Command } from '../../command';
import { type ObjectiveArguments, objectiveOf, withObjective } from '../../options/objective';

interface Arguments extends ObjectiveArguments {
  sweep: string;
  json: boolean;
}

export const sweepShow: Command<Arguments> = {
  command: 'show <sweep>',
  describe: 'Show the jobs of a sweep and the best one',
  builder: (args) =>
    withObjective(args)
      .positional('sweep', { type: 'string', demandOption: true, describe: 'ID or folder of a sweep; or latest' })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' }),
  handler: async ({ sweep, json, ...objective }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findSweep } = await import('../../../sweep/sweep-folder');
    const { requireMetric, summarizeSweep } = await import('../../../sweep/summary');
    const { printSweep } = await import('../../output/print-sweep');
    const summary = summarizeSweep(findSweep(runsFolder(), sweep), objectiveOf(objective));
    requireMetric(summary);
    printSweep(summary, json);
  },
};
