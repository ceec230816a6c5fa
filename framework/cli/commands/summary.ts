import type { Command } from '../command';
import { type SettingsArguments, withSettings } from '../options/settings';

interface Arguments extends SettingsArguments {
  shapes: boolean;
  json: boolean;
}

export const summary: Command<Arguments> = {
  command: 'summary <experiment> [settings..]',
  describe: 'Show the modules of the models with their parameters',
  builder: (args) =>
    withSettings(args)
      .option('shapes', {
        type: 'boolean',
        default: false,
        describe: 'Show the shapes of the outputs, for the first batch of the data',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' })
      .example('$0 summary EXPERIMENT model.hidden=[256]', 'The size of a network'),
  handler: async ({ shapes, json, ...selected }) => {
    const { createContext } = await import('../command-context');
    const { overridesOf } = await import('../options/settings');
    const { summarizeExperiment, summarizeWithShapes } = await import('../../experiment/summarize-experiment');
    const { linesOf } = await import('../../nn/model-summary');
    const { registry } = createContext(true);
    const { experiment: name } = selected;
    const summarize = shapes ? summarizeWithShapes : summarizeExperiment;
    const models = await summarize({ registry, name, overrides: await overridesOf(selected) });
    console.log(json ? JSON.stringify(models, null, 2) : linesOf(models).join('\n'));
  },
};
