import type { Command } from '../../command';
import { RUN } from '../../options/run';

interface Arguments {
  run: string;
  file: string;
}

export const exportCommand: Command<Arguments> = {
  command: 'export <run> <file>',
  describe: 'Pack a run and its checkpoints into one file',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('file', { type: 'string', demandOption: true, describe: 'Output file, .tar.gz' }),
  handler: async ({ run, file }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { archiveRun, unpackCommand } = await import('../../../run/archive');
    const bytes = await archiveRun(findRun(runsFolder(), run), file);
    console.log(`${file}: ${(bytes / 1e6).toFixed(1)} MB. Unpack it with: ${unpackCommand(file)}`);
  },
};
