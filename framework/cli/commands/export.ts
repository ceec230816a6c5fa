import { inputsOf, type SavedFunctions } from '../../tensorflow/saved-function';
import type { Command } from '../command';
import { FILE_OPTION } from '../options/file';
import { CHECKPOINT } from '../options/run';

interface Arguments {
  run: string;
  n: number;
  out: string;
  json: boolean;
}

export const exportCommand: Command<Arguments> = {
  command: 'export <run>',
  describe: 'Export the model of a run as a TensorFlow SavedModel',
  builder: (args) =>
    args
      .positional('run', CHECKPOINT)
      .option('n', { type: 'number', default: 16, describe: 'Batch size of the exported functions' })
      .option('out', { ...FILE_OPTION, default: 'saved-model', describe: 'Output folder' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the result as JSON; progress goes to stderr',
      }),
  handler: async ({ run, n, out, json }) => {
    const { createContext } = await import('../command-context');
    const { displayPath } = await import('../../run/runs-folder');
    const { exportSavedModel } = await import('../../experiment/weights/export-saved-model');
    const { findCheckpoint } = await import('../../run/find-checkpoint');
    const { recordedOverrides, readRecord } = await import('../../run/run-record');
    const { registry, monitor, runs } = createContext(json);
    const { run: found, step } = await findCheckpoint(runs, run, (text) => monitor.log(text));
    const record = readRecord(found);
    const runOptions = { registry, monitor, name: record.experiment, overrides: recordedOverrides(record) };
    const { folder, functions } = await exportSavedModel(runOptions, found, n, out, step);
    console.log(
      json ? JSON.stringify({ folder, functions }) : [`Saved in ${displayPath(folder)}`, ...rows(functions)].join('\n'),
    );
  },
};

/** `serving_default(x: float32 [16, 8, 8, 1], t: int32 []) -> x` */
function rows(functions: SavedFunctions): string[] {
  return Object.entries(functions).map(([name, saved]) => {
    const parameters = inputsOf(saved).map(([input, { dtype, shape }]) => `${input}: ${dtype} [${shape.join(', ')}]`);
    return `  ${name}(${parameters.join(', ')}) -> ${saved.outputs.join(', ')}`;
  });
}
