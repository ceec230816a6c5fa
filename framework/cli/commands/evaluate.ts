import type { Command } from '../command';
import { drawingWords } from '../drawing-arguments';
import { CHECKPOINT } from '../run-argument';

interface Arguments {
  run: string;
  settings: string[];
  metric: string[] | undefined;
  n: number;
  seed: number;
  raw: boolean;
  sampler: string | undefined;
  steps: number | undefined;
  json: boolean;
}

export const evaluate: Command<Arguments> = {
  command: 'evaluate <run> [settings..]',
  describe: 'Measure how good the images are that the model of a run draws',
  builder: (args) =>
    args
      .positional('run', CHECKPOINT)
      .positional('settings', { type: 'string', array: true, default: [], describe: 'Other settings to draw with' })
      .option('metric', {
        array: true,
        type: 'string',
        describe: 'fid, kid, recognised; all that the features allow where left out',
      })
      .option('n', { type: 'number', default: 1000, describe: 'How many images are drawn' })
      .option('seed', { type: 'number', default: 1, describe: 'Equal seeds draw equal images' })
      .option('sampler', { type: 'string', describe: 'How it gets from noise to images, such as DDIM' })
      .option('steps', { type: 'number', describe: 'In how many steps' })
      .option('raw', { type: 'boolean', default: false, describe: 'By the weights, not by their average: ema=0' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print what was measured as JSON; progress goes to stderr',
      }),
  handler: async ({ run, settings, metric, n, seed, sampler, steps, raw, json }) => {
    const { openLab } = await import('../lab');
    const { evaluateRun } = await import('../../experiment/evaluate-run');
    const { printEvaluation } = await import('../print-evaluations');
    const { registry, monitor, runs } = openLab(json);
    const words = drawingWords({ settings, sampler, steps, raw, class: undefined, guidance: undefined });
    const request = { registry, monitor, runs, run, measures: metric, count: n, seed, settings: words };
    const { evaluation } = await evaluateRun(request);
    if (json) console.log(JSON.stringify(evaluation));
    else printEvaluation(evaluation);
  },
};
