import type { Command } from '../../command';
import { RUN } from '../../options/run';

interface Arguments {
  run: string;
  text: string;
}

export const note: Command<Arguments> = {
  command: 'note <run> <text>',
  describe: 'Give a run a note, in place of the one that it has',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('text', { type: 'string', demandOption: true, describe: "The note; '' takes it away" }),
  handler: async ({ run, text }) => {
    const { runsFolder } = await import('../../runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { noteRun } = await import('../../../run/labels');
    const folder = findRun(runsFolder(), run);
    console.log(`${folder.id}: ${noteRun(folder, text).note ?? 'no note'}`);
  },
};
