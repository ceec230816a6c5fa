import type { Command } from '../command';
import { FILE_OPTION } from '../options/file';
import { CHECKPOINT } from '../options/run';

interface Arguments {
  run: string;
  out: string;
  raw: boolean;
  part: string | undefined;
  json: boolean;
}

export const exportWeights: Command<Arguments> = {
  command: 'export-weights <run>',
  describe: "Export the weights of a run as safetensors, with PyTorch's names and layouts",
  builder: (args) =>
    args
      .positional('run', CHECKPOINT)
      .option('out', { ...FILE_OPTION, default: 'model.safetensors', requiresArg: true, describe: 'Output file' })
      .option('raw', {
        type: 'boolean',
        default: false,
        describe: 'Export the weights instead of their moving average',
      })
      .option('part', {
        type: 'string',
        requiresArg: true,
        describe: 'Model of an experiment with several, such as generator',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' }),
  handler: async ({ run, out, raw, part, json }) => {
    const { createContext } = await import('../command-context');
    const { displayPath } = await import('../../run/runs-folder');
    const { findCheckpoint } = await import('../../run/find-checkpoint');
    const { exportWeights: saveWeights } = await import('../../experiment/weights/export-weights');
    const { monitor, runs } = createContext(json);
    const source = await findCheckpoint(runs, run, (text) => monitor.log(text));
    const made = await saveWeights(source, { out, raw, part }, monitor);
    const what = made.averaged ? 'The average of the weights' : 'The weights';
    const count = `${made.parameters.toLocaleString('en')} numbers in ${made.arrays} arrays`;
    console.log(json ? JSON.stringify(made) : `${what} after ${made.step} steps, ${count}: ${displayPath(made.file)}`);
  },
};
