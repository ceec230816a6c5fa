import type { Command } from '../command';
import { type OutputArguments, samplingRequest, withOutputOptions } from '../options/sampling';

interface Arguments extends OutputArguments {
  n: number | undefined;
  images: string | undefined;
}

export const sample: Command<Arguments> = {
  command: 'sample <run> [settings..]',
  describe: 'Draw images by the model of a run, into a PNG grid or a folder',
  builder: (args) =>
    withOutputOptions(args, 'samples.png', 'A PNG file, or a folder/ for a file each')
      .option('n', { type: 'number', describe: 'How many images; 16 unless it is said' })
      .option('images', { type: 'string', describe: 'Instead, which of the images of the seed: 3,5,7-9' }),
  handler: async (args) => {
    const { openLab } = await import('../lab');
    const { displayPath } = await import('../runs-folder');
    const { sampleToFile } = await import('../../experiment/sampling/sample-to-file');
    const { n: count, images, seed, json } = args;
    const drawn = await sampleToFile({ ...samplingRequest(args, openLab(json)), count, images });
    const made = { file: drawn.path, images: drawn.images, seed };
    console.log(json ? JSON.stringify(made) : `${drawn.images} images: ${displayPath(drawn.path)}`);
  },
};
