import type { Command } from '../command';
import { type OutputArguments, samplingRequest, withOutputOptions } from '../options/sampling';

interface Arguments extends OutputArguments {
  n: number | undefined;
  indices: string | undefined;
}

export const sample: Command<Arguments> = {
  command: 'sample <run> [settings..]',
  describe: "Generate samples with a run's model, as one file or a folder of files",
  builder: (args) =>
    withOutputOptions(
      args,
      undefined,
      'File for all samples, or folder/ for one file per sample; default: samples.png, or as the experiment',
    )
      .option('n', { type: 'number', describe: 'Number of samples; default: 16' })
      .option('indices', {
        alias: 'images',
        type: 'string',
        describe: 'Indices of the samples to generate instead: 3,5,7-9',
      }),
  handler: async (args) => {
    const { createContext } = await import('../command-context');
    const { displayPath } = await import('../../run/runs-folder');
    const { sampleToFile } = await import('../../experiment/sampling/sample-to-file');
    const { n: count, seed, json } = args;
    const output = await sampleToFile({ ...samplingRequest(args, createContext(json)), count, indices: args.indices });
    const result = { file: output.path, [output.noun]: output.count, seed };
    console.log(json ? JSON.stringify(result) : `${output.count} ${output.noun}: ${displayPath(output.path)}`);
  },
};
