import type { Command } from '../command';
import { type OutputArguments, samplingRequest, withOutputOptions } from '../options/sampling';

interface Arguments extends OutputArguments {
  between: string[];
  t: number | undefined;
  frames: number | undefined;
  noise: 'own' | 'shared';
}

export const interpolate: Command<Arguments> = {
  command: 'interpolate <run> [settings..]',
  describe: 'Go from one image to another by the model of a run: a strip or an animation',
  builder: (args) =>
    withOutputOptions(args, 'interpolation.png', 'A .png file for a strip, .webp for an animation')
      .option('between', {
        type: 'string',
        array: true,
        nargs: 2,
        demandOption: true,
        describe: 'Two images, each an index in the dataset or a file; again for more of them',
      })
      .option('t', { type: 'number', describe: 'The step that they are mixed at; the middle one unless it is said' })
      .option('frames', { type: 'number', describe: 'How many images from one to the other; 10 in a strip, else 60' })
      .option('noise', {
        choices: ['own', 'shared'] as const,
        default: 'own' as const,
        describe: 'Whether each image has noise of its own, or both of two have the same',
      }),
  handler: async (args) => {
    const { openLab } = await import('../lab');
    const { displayPath } = await import('../runs-folder');
    const { interpolateToFile } = await import('../../experiment/sampling/render-trajectory');
    const { between, t, frames, noise, seed, json } = args;
    const request = { ...samplingRequest(args, openLab(json)), between, t, frames, noise };
    const film = await interpolateToFile(request);
    const made = { file: film.path, frames: film.frames, seed };
    console.log(json ? JSON.stringify(made) : `${film.frames} images side by side: ${displayPath(film.path)}`);
  },
};
