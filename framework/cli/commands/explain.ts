import type { Command } from '../command';
import { type SettingsArguments, withSettings } from '../options/settings';

interface Arguments extends SettingsArguments {
  format: 'tree' | 'yaml' | 'json';
}

export const explain: Command<Arguments> = {
  command: 'explain <experiment> [settings..]',
  describe: 'Show the value, type, unit and origin of every setting',
  builder: (args) =>
    withSettings(args)
      .option('format', {
        choices: ['tree', 'yaml', 'json'] as const,
        default: 'tree' as const,
        requiresArg: true,
        describe: 'tree for people, yaml for --config, json for programs',
      })
      .example('$0 explain EXPERIMENT optimizer=SGD', 'What it would be trained with'),
  handler: async ({ format, ...selected }) => {
    const { explainConfig } = await import('../explain-config');
    const { explainTree } = await import('../../config/describe/explain-tree');
    const { explainYAML } = await import('../../config/describe/explain-yaml');
    const formats = {
      tree: explainTree,
      yaml: explainYAML,
      json: (config: object) => JSON.stringify(config, undefined, 2),
    };
    console.log(formats[format](await explainConfig(selected)));
  },
};
