import type { Command } from '../command';

interface Arguments {
  sweep: string;
  retry: boolean;
  json: boolean;
}

export const sweepResume: Command<Arguments> = {
  command: 'resume <sweep>',
  describe: 'Go on with a sweep that was stopped or killed',
  builder: (args) =>
    args
      .positional('sweep', { type: 'string', demandOption: true, describe: 'Its id or folder, or latest' })
      .option('retry', { type: 'boolean', default: false, describe: 'Run failed jobs again' })
      .option('json', { type: 'boolean', default: false, describe: 'As JSON; progress goes to stderr' }),
  handler: async ({ sweep, retry, json }) => {
    const { EXP, openLab } = await import('../lab');
    const { resumeSweep } = await import('../../sweep/execute-sweep');
    const { findSweep } = await import('../../sweep/sweep-folder');
    const { finishSweep } = await import('../print-sweep');
    const lab = openLab(json);
    finishSweep(await resumeSweep({ ...lab, exp: EXP }, findSweep(lab.runs, sweep), retry), json);
  },
};
