import type { Command } from '../../command';
import { type ObjectiveArguments, objectiveOf, withObjective } from '../../options/objective';

interface Arguments extends ObjectiveArguments {
  sweep: string;
  retry: boolean;
  json: boolean;
}

export const sweepResume: Command<Arguments> = {
  command: 'resume <sweep>',
  describe: 'Resume a sweep that was stopped or killed',
  builder: (args) =>
    withObjective(args)
      .positional('sweep', { type: 'string', demandOption: true, describe: 'ID or folder of a sweep; or latest' })
      .option('retry', { type: 'boolean', default: false, describe: 'Rerun failed jobs' })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON; progress goes to stderr' }),
  handler: async ({ sweep, retry, json, ...objective }) => {
    const { createContext } = await import('../../command-context');
    const { EXP } = await import('../../../util/own-package');
    const { resumeSweep } = await import('../../../sweep/execute-sweep');
    const { findSweep } = await import('../../../sweep/sweep-folder');
    const { finishSweep } = await import('../../output/print-sweep');
    const context = createContext(json);
    const outcome = await resumeSweep(
      { ...context, exp: EXP },
      findSweep(context.runs, sweep),
      retry,
      objectiveOf(objective),
    );
    finishSweep(outcome, json);
  },
};
