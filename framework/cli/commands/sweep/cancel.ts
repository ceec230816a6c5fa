import type { Command } from '../../command';
import { commandName } from '../../../util/command-name';

interface Arguments {
  sweep: string;
}

export const sweepCancel: Command<Arguments> = {
  command: 'cancel <sweep>',
  describe: 'Cancel the jobs of a sweep; running ones save a checkpoint first',
  builder: (args) =>
    args.positional('sweep', { type: 'string', demandOption: true, describe: 'ID or folder of a sweep; or latest' }),
  handler: async ({ sweep }) => {
    const { createContext } = await import('../../command-context');
    const { cancelSweep } = await import('../../../sweep/cancel-sweep');
    const { findSweep } = await import('../../../sweep/sweep-folder');
    const { registry, runs } = createContext();
    const folder = findSweep(runs, sweep);
    console.log(`${await cancelSweep(registry, folder)} jobs of ${folder.id} save a checkpoint and stop.`);
    console.log(`  Resume it: ${commandName()} sweep resume ${folder.id}`);
  },
};
