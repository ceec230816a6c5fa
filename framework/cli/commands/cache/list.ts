import type { Command } from '../../command';

interface Arguments {
  json: boolean;
}

export const list: Command<Arguments> = {
  command: ['list', '$0'],
  describe: 'List cached examples of datasets, the largest first',
  builder: (args) => args.option('json', { type: 'boolean', default: false, describe: 'Print as JSON' }),
  handler: async ({ json }) => {
    const { listCachedData } = await import('../../../data/cache/cached-data');
    const { commandName } = await import('../../../util/command-name');
    const { formatTable, thousands } = await import('../../../util/format');
    const all = listCachedData();
    if (json) {
      console.log(JSON.stringify(all, undefined, 2));
      return;
    }
    if (all.length === 0) {
      console.log('There are no cached examples.');
      return;
    }
    const rows = all.map(({ id, name, bytes, usedAt }) => [
      id,
      `${thousands(Math.ceil(bytes / 1e6))} MB`,
      usedAt.toISOString().slice(0, 10),
      name,
    ]);
    for (const line of formatTable(['id', 'size', 'last used', 'examples'], rows)) console.log(line);
    console.log(`Delete them: ${commandName()} cache prune`);
  },
};
