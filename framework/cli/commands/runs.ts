import type { CommandModule } from 'yargs';
import type { Command } from '../command';
import { cancel } from './runs/cancel';
import { compare } from './runs/compare';
import { exportCommand } from './runs/export';
import { list } from './runs/list';
import { note } from './runs/note';
import { prune } from './runs/prune';
import { remove } from './runs/remove';
import { restore } from './runs/restore';
import { show } from './runs/show';
import { tag } from './runs/tag';

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
  describe: 'List runs, show and compare them, tag, note, cancel, remove, restore and export them',
  builder: (args) => args.command(COMMANDS),
  handler: () => undefined,
};
