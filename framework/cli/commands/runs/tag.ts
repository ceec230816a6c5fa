import type { Command } from '../../command';
import { RUN } from '../../options/run';

interface Arguments {
  run: string;
  tags: string[];
  remove: string[];
}

export const tag: Command<Arguments> = {
  command: 'tag <run> [tags..]',
  describe: 'Add or remove tags of a run',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('tags', { type: 'string', array: true, default: [], describe: 'Tags to add' })
      .option('remove', { type: 'string', array: true, default: [], describe: 'Tags to remove' }),
  handler: async ({ run, tags, remove }) => {
    const { runsFolder } = await import('../../../run/runs-folder');
    const { findRun } = await import('../../../run/find-run');
    const { tagRun } = await import('../../../run/labels');
    const folder = findRun(runsFolder(), run);
    const labels = tagRun(folder, tags, remove);
    console.log(`${folder.id}: ${labels.tags.join(' ') || 'no tags'}`);
  },
};
