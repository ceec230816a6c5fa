import type { CommandModule } from 'yargs';
import type { Command } from '../../command';
import { cancel } from './cancel';
import { compare } from './compare';
import { exportCommand } from './export';
import { list } from './list';
import { note } from './note';
import { prune } from './prune';
import { remove } from './remove';
import { restore } from './restore';
import { show } from './show';
import { tag } from './tag';

const COMMANDS = [
  list,
  show,
  compare,
  tag,
  note,
  remove,
  restore,
  prune,
  exportCommand,
  cancel,
] as unknown as CommandModule[];

export const runs: Command = {
  command: 'runs',
  describe: 'List and manage runs: show, compare, tag, note, cancel, remove, restore, export',
  builder: (args) => args.command(COMMANDS),
  handler: () => undefined,
};
