import type { Command } from '../../command';
import { RUN } from '../../options/run';

interface Arguments {
  run: string;
  text: string;
}

export const note: Command<Arguments> = {
  command: 'note <run> <text>',
  describe: 'Set the note of a run',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('text', { type: 'string', demandOption: true, describe: "Text of the note; '' removes it" }),
  handler: async ({ run, text }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { noteRun } = await import('../../../run/labels');
    const folder = findRun(runsFolder(), run);
    console.log(`${folder.id}: ${noteRun(folder, text).note ?? 'no note'}`);
  },
};
