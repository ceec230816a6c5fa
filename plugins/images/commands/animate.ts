import {
  type Command,
  type OutputArguments,
  displayPath,
  loadContext,
  samplingRequest,
  withOutputOptions,
} from 'explab/cli';

interface Arguments extends OutputArguments {
  n: number;
  of: string | undefined;
  frames: number | undefined;
}

export const animate: Command<Arguments> = {
  command: 'animate <run> [settings..]',
  describe: "Show how a run's model generates images, as an animation or a film strip",
  builder: (args) =>
    withOutputOptions(args, 'sampling.webp', '.webp file for an animation, or .png for a film strip')
      .option('n', { type: 'number', default: 4, describe: 'Number of images' })
      .option('of', {
        type: 'string',
        describe: 'What to show: x, the noisy images, or x0, the predicted final ones',
      })
      .option('frames', { type: 'number', describe: 'Number of frames; default: 60 for an animation, 10 for a strip' }),
  handler: async (args) => {
    const { trajectoryToFile } = await import('../sampling/render-trajectory');
    const { n: count, of, frames, seed, json } = args;
    const output = await trajectoryToFile({ ...samplingRequest(args, await loadContext(json)), count, of, frames });
    const result = { file: output.path, images: count, frames: output.frames, seed };
    console.log(
      json ? JSON.stringify(result) : `${count} images in ${output.frames} frames: ${displayPath(output.path)}`,
    );
  },
};
