import type { CommandModule } from 'yargs';
import type { Command } from '../../command';
import { list } from './list';
import { prune } from './prune';

const COMMANDS = [list, prune] as unknown as CommandModule[];

export const cache: Command = {
  command: 'cache',
  describe: 'List and delete cached examples of datasets',
  builder: (args) => args.command(COMMANDS),
  handler: () => undefined,
};
