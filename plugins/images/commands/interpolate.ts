import {
  type Command,
  type OutputArguments,
  displayPath,
  loadContext,
  samplingRequest,
  withOutputOptions,
} from 'explab/cli';

interface Arguments extends OutputArguments {
  between: string[];
  t: number | undefined;
  frames: number | undefined;
  noise: 'own' | 'shared';
}

export const interpolate: Command<Arguments> = {
  command: 'interpolate <run> [settings..]',
  describe: "Interpolate between images with a run's model, as a strip or an animation",
  builder: (args) =>
    withOutputOptions(args, 'interpolation.png', '.png file for a strip, or .webp for an animation')
      .option('between', {
        type: 'string',
        array: true,
        nargs: 2,
        demandOption: true,
        describe: 'Two images, each a dataset index or a file; repeatable',
      })
      .option('t', { type: 'number', describe: 'Diffusion step at which to mix them; default: the middle one' })
      .option('frames', { type: 'number', describe: 'Number of frames; default: 10 for a strip, 60 for an animation' })
      .option('noise', {
        choices: ['own', 'shared'] as const,
        default: 'own' as const,
        describe: 'Use separate noise for each image, or the same for both of a pair',
      }),
  handler: async (args) => {
    const { interpolateToFile } = await import('../sampling/render-trajectory');
    const { between, t, frames, noise, seed, json } = args;
    const request = { ...samplingRequest(args, await loadContext(json)), between, t, frames, noise };
    const output = await interpolateToFile(request);
    const result = { file: output.path, frames: output.frames, seed };
    console.log(json ? JSON.stringify(result) : `${output.frames} images side by side: ${displayPath(output.path)}`);
  },
};
