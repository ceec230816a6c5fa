import type { Command } from '../command';
import { RUN } from '../run-argument';

interface Arguments {
  run: string;
  out: string;
  raw: boolean;
  checkpoint: number | undefined;
  json: boolean;
}

export const exportWeights: Command<Arguments> = {
  command: 'export-weights <run>',
  describe: 'Save the weights of a run as safetensors, under the names and in the layouts of PyTorch',
  builder: (args) =>
    args
      .positional('run', RUN)
      .option('out', { type: 'string', default: 'model.safetensors', requiresArg: true, describe: 'The file' })
      .option('raw', { type: 'boolean', default: false, describe: 'The weights, not their average' })
      .option('checkpoint', {
        type: 'number',
        requiresArg: true,
        describe: 'The step of the checkpoint, instead of the newest',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print what was made as JSON' }),
  handler: async ({ run, out, raw, checkpoint, json }) => {
    const { runsFolder, shown } = await import('../runs-folder');
    const { findRun } = await import('../../run/find-run');
    const { exportWeights: save } = await import('../../experiment/export-weights');
    const made = await save(findRun(runsFolder(), run), { out, raw, step: checkpoint });
    const what = made.averaged ? 'The average of the weights' : 'The weights';
    const count = `${made.parameters.toLocaleString('en')} numbers in ${made.arrays} arrays`;
    console.log(json ? JSON.stringify(made) : `${what} after ${made.step} steps, ${count}: ${shown(made.file)}`);
  },
};
