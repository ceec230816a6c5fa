import type { Command } from '../command';
import { RUN } from '../run-argument';

interface Arguments {
  run: string;
  settings: string[];
  n: number;
  seed: number;
  out: string;
  raw: boolean;
  class: number | undefined;
  guidance: number | undefined;
  sampler: string | undefined;
  steps: number | undefined;
  json: boolean;
}

export const sample: Command<Arguments> = {
  command: 'sample <run> [settings..]',
  describe: 'Draw images by the model of a run, into a PNG grid',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('settings', { type: 'string', array: true, default: [], describe: 'Other settings to draw with' })
      .option('n', { type: 'number', default: 16, describe: 'How many images' })
      .option('seed', { type: 'number', default: 1, describe: 'Equal seeds draw equal images' })
      .option('out', { type: 'string', default: 'samples.png', describe: 'The PNG file' })
      .option('sampler', { type: 'string', describe: 'How it gets from noise to images, such as DDIM' })
      .option('steps', { type: 'number', describe: 'In how many steps' })
      .option('raw', { type: 'boolean', default: false, describe: 'By the weights, not by their average: ema=0' })
      .option('class', { type: 'number', describe: 'Of which class, where the network was told classes' })
      .option('guidance', { type: 'number', describe: 'How strongly they are drawn to their class; 1 is no guidance' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print what was made as JSON; progress goes to stderr',
      }),
  handler: async ({ run, settings, n, seed, out, sampler, steps, raw, class: only, guidance, json }) => {
    const { openLab, shown } = await import('../lab');
    const { sampleToFile } = await import('../../experiment/sample-to-file');
    const { registry, monitor, runs } = openLab(json);
    const chosen = sampler === undefined ? [] : [`sampler=${sampler}`];
    const words = [...chosen, ...settings, ...(steps === undefined ? [] : [`sampler.steps=${steps}`])];
    if (raw) words.push('ema=0');
    if (only !== undefined) words.push(`class=${only}`);
    if (guidance !== undefined) words.push(`guidance=${guidance}`);
    const file = await sampleToFile({ registry, monitor, runs, run, count: n, seed, out, settings: words });
    console.log(json ? JSON.stringify({ file, images: n, seed }) : `${n} images: ${shown(file)}`);
  },
};
