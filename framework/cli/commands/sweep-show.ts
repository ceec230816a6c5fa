import type { Command } from '../command';

interface Arguments {
  sweep: string;
  metric: string | undefined;
  goal: 'min' | 'max' | undefined;
  value: 'last' | 'best' | undefined;
  json: boolean;
}

export const sweepShow: Command<Arguments> = {
  command: 'show <sweep>',
  describe: 'Show the jobs of a sweep, and the best of them',
  builder: (args) =>
    args
      .positional('sweep', { type: 'string', demandOption: true, describe: 'Its id or folder, or latest' })
      .option('metric', { type: 'string', requiresArg: true, describe: 'What says how good a job is' })
      .option('goal', { choices: ['min', 'max'] as const, describe: 'Whether a small or a large metric is good' })
      .option('value', { choices: ['last', 'best'] as const, describe: "Which of a job's values counts" })
      .option('json', { type: 'boolean', default: false, describe: 'As JSON' }),
  handler: async ({ sweep, metric, goal, value, json }) => {
    const { runsFolder } = await import('../lab');
    const { findSweep } = await import('../../sweep/sweep-folder');
    const { requireMetric, summarizeSweep } = await import('../../sweep/summary');
    const { printSweep } = await import('../print-sweep');
    const asked = { ...(metric !== undefined && { metric }), ...(goal && { goal }), ...(value && { value }) };
    const summary = summarizeSweep(findSweep(runsFolder(), sweep), asked);
    requireMetric(summary);
    printSweep(summary, json);
  },
};
