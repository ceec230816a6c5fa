import type { Command } from '../../command';
import { RUNS } from '../../options/run';

interface Arguments {
  runs: string[];
}

export const restore: Command<Arguments> = {
  command: 'restore <runs..>',
  describe: 'Restore runs from the trash',
  builder: (args) => args.positional('runs', RUNS),
  handler: async ({ runs }) => {
    const { runsFolder, displayPath } = await import('../../../run/runs-folder');
    const { findRemoved, restoreRun } = await import('../../../run/trash');
    const root = runsFolder();
    const folders = runs.map((run) => findRemoved(root, run));
    for (const folder of folders) console.log(`Restored ${folder.id}: ${displayPath(restoreRun(root, folder).path)}`);
  },
};
