import type { Command } from '../command';
import { type OutputArguments, samplingRequest, withOutputOptions } from '../options/sampling';

interface Arguments extends OutputArguments {
  n: number;
  of: string | undefined;
  frames: number | undefined;
}

export const animate: Command<Arguments> = {
  command: 'animate <run> [settings..]',
  describe: 'Show how images are drawn by the model of a run: an animation or a film strip',
  builder: (args) =>
    withOutputOptions(args, 'sampling.webp', 'A .webp file for an animation, .png for a film strip')
      .option('n', { type: 'number', default: 4, describe: 'How many images' })
      .option('of', {
        type: 'string',
        describe: 'What is shown: x, the images on their way, or x0, what they are to become',
      })
      .option('frames', { type: 'number', describe: 'How many moments; 60 of an animation, 10 of a strip' }),
  handler: async (args) => {
    const { openLab } = await import('../lab');
    const { displayPath } = await import('../runs-folder');
    const { trajectoryToFile } = await import('../../experiment/sampling/render-trajectory');
    const { n: count, of, frames, seed, json } = args;
    const film = await trajectoryToFile({ ...samplingRequest(args, openLab(json)), count, of, frames });
    const made = { file: film.path, images: count, frames: film.frames, seed };
    console.log(json ? JSON.stringify(made) : `${count} images at ${film.frames} moments: ${displayPath(film.path)}`);
  },
};
