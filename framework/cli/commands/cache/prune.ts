import type { Command } from '../../command';

interface Arguments {
  older: string;
}

export const prune: Command<Arguments> = {
  command: 'prune',
  describe: 'Delete cached examples of datasets, which are prepared again when they are needed',
  builder: (args) =>
    args.option('older', {
      type: 'string',
      requiresArg: true,
      default: '0d',
      defaultDescription: '0d, all',
      describe: 'Minimum time since the last use: 30d, 12h',
    }),
  handler: async ({ older }) => {
    const { pruneCachedData } = await import('../../../data/cache/cached-data');
    const { parsePeriod } = await import('../../../run/period');
    const deleted = pruneCachedData(new Date(Date.now() - parsePeriod(older) * 1000));
    for (const { id, name } of deleted) console.log(`${id} deleted: ${name}`);
    if (deleted.length === 0) console.log('There are no cached examples to delete.');
  },
};
