import { assertNotQueued } from '../../../run/trash';
import type { Command } from '../../command';
import { RUNS } from '../../options/run';
import { commandName } from '../../../util/command-name';

interface Arguments {
  runs: string[];
}

export const remove: Command<Arguments> = {
  command: 'rm <runs..>',
  describe: 'Move runs to the trash',
  builder: (args) => args.positional('runs', RUNS),
  handler: async ({ runs }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { removeRun } = await import('../../../run/trash');
    const { refreshJobStatus } = await import('../../../run/status/refresh-job-status');
    const { summaryIfWhole } = await import('../../../run/listing/run-summary');
    const { queryJobStatus } = await import('../../query-job-status');
    const root = runsFolder();
    // Finds all runs before moving any, so that a mistake in the last argument removes nothing, and latest is a single run.
    const folders = new Map(runs.map((run) => findRun(root, run)).map((folder) => [folder.path, folder]));
    for (const folder of folders.values()) {
      const summary = summaryIfWhole(folder);
      if (summary) assertNotQueued(await refreshJobStatus(folder, summary, queryJobStatus));
    }
    for (const folder of folders.values()) {
      const { id } = removeRun(folder);
      // The trash is next to the run, which may be in a different runs folder.
      const where = folder.root === root ? '' : `EXPLAB_RUNS=${folder.root} `;
      console.log(`${id} moved to the trash.`);
      console.log(`  Restore it: ${where}${commandName()} runs restore ${id}`);
    }
  },
};
