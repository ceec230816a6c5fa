import type { Command } from '../command';
import { type SettingsArguments, withSettings } from '../options/settings';

interface Arguments extends SettingsArguments {
  json: boolean;
}

export const summary: Command<Arguments> = {
  command: 'summary <experiment> [settings..]',
  describe: 'Show the modules of the models with their parameters',
  builder: (args) =>
    withSettings(args)
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' })
      .example('$0 summary EXPERIMENT model.hidden=[256]', 'The size of a network'),
  handler: async ({ json, ...selected }) => {
    const { createContext } = await import('../command-context');
    const { overridesOf } = await import('../options/settings');
    const { summarizeExperiment } = await import('../../experiment/summarize-experiment');
    const { linesOf } = await import('../../nn/model-summary');
    const { registry } = createContext(true);
    const { experiment: name } = selected;
    const models = await summarizeExperiment({ registry, name, overrides: await overridesOf(selected) });
    console.log(json ? JSON.stringify(models, null, 2) : linesOf(models).join('\n'));
  },
};
