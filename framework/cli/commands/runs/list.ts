import type { Command } from '../../command';

interface Arguments {
  status: string[];
  where: string[];
  sort: string | undefined;
  reverse: boolean;
  limit: number | undefined;
  columns: string[];
  json: boolean;
}

/** Default number of runs, to fit a screen. */
const DEFAULT_LIMIT = 20;

export const list: Command<Arguments> = {
  command: ['list', '$0'],
  describe: 'List runs, latest first',
  builder: (args) =>
    args
      .option('status', {
        array: true,
        type: 'string',
        choices: ['running', 'completed', 'interrupted', 'failed', 'dead', 'queued', 'preempted', 'cancelled'],
        default: [],
        describe: 'Only runs with this status',
      })
      .option('where', {
        array: true,
        type: 'string',
        default: [],
        describe: "Only runs that match: optimizer=Adam 'learningRate<1e-3'",
      })
      .option('sort', { type: 'string', requiresArg: true, describe: 'Sort by a field, setting or metric, ascending' })
      .option('reverse', { type: 'boolean', default: false, describe: 'Reverse the order' })
      .option('limit', {
        type: 'number',
        requiresArg: true,
        defaultDescription: `${DEFAULT_LIMIT}`,
        describe: 'Maximum number of runs; 0 for all',
      })
      .option('columns', {
        array: true,
        type: 'string',
        default: [],
        describe: 'Fields, settings and metrics to show: id learningRate loss.min',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON; unlimited unless --limit is given' })
      .example("$0 runs --where optimizer=Adam 'loss<0.1' --sort loss", 'The best runs with an optimizer'),
  handler: async ({ status, where, sort, reverse, limit, columns, json }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { listRuns } = await import('../../../run/listing/list-runs');
    const { chooseRuns } = await import('../../../run/listing/choose-runs');
    const { refreshJobStatuses } = await import('../../../run/status/refresh-job-status');
    const { queryJobStatus } = await import('../../query-job-status');
    const listed = listRuns(runsFolder());
    const runs = await refreshJobStatuses(listed.runs, queryJobStatus);
    const choice = { status, where, sort, reverse, limit: limit ?? (json ? 0 : DEFAULT_LIMIT) };
    const chosen = chooseRuns(runs, choice, columns);
    if (json) {
      const all = chosen.runs.map(({ folder, summary }) => ({ ...summary, folder: folder.path }));
      console.log(JSON.stringify(all, undefined, 2));
      return;
    }
    const { printRuns } = await import('../../output/print-runs');
    printRuns(chosen.runs, chosen.total, listed.broken, columns);
  },
};
