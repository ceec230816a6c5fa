import type { Command } from '../../command';
import { RUNS } from '../../options/run';

interface Arguments {
  runs: string[];
}

export const cancel: Command<Arguments> = {
  command: 'cancel <runs..>',
  describe: 'Cancel submitted runs; running ones save a checkpoint first',
  builder: (args) => args.positional('runs', RUNS),
  handler: async ({ runs }) => {
    const { createContext } = await import('../../command-context');
    const { findRun } = await import('../../../run/find-run');
    const { cancelRuns } = await import('../../../experiment/launching/cancel-runs');
    const context = createContext();
    const folders = new Map(runs.map((run) => findRun(context.runs, run)).map((folder) => [folder.path, folder]));
    for (const { folder, status } of await cancelRuns(context.registry, [...folders.values()])) {
      console.log(`${folder.id} ${status === 'cancelled' ? 'is cancelled' : 'is saving its state and will end'}.`);
    }
  },
};
