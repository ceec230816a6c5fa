import type { Command } from '../../command';

interface Arguments {
  older: string;
}

export const prune: Command<Arguments> = {
  command: 'prune',
  describe: 'Permanently delete old runs from the trash',
  builder: (args) =>
    args.option('older', {
      type: 'string',
      requiresArg: true,
      default: '30d',
      describe: 'Minimum time since removal: 30d, 12h; 0d for all',
    }),
  handler: async ({ older }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { parsePeriod } = await import('../../../run/period');
    const { emptyTrash } = await import('../../../run/trash');
    const deleted = await emptyTrash(runsFolder(), new Date(Date.now() - parsePeriod(older) * 1000));
    for (const id of deleted) console.log(`${id} deleted.`);
    if (deleted.length === 0) console.log(`The trash holds nothing removed more than ${older} ago.`);
  },
};
