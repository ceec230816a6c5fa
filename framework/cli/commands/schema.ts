import type { Command } from '../command';
import { EXPERIMENT } from '../options/settings';

interface Arguments {
  experiment: string;
}

export const schema: Command<Arguments> = {
  command: 'schema <experiment>',
  describe: "Print the JSON Schema of an experiment's config files, for editors",
  builder: (args) =>
    args
      .positional('experiment', EXPERIMENT)
      .example('$0 schema EXPERIMENT > settings.schema.json', 'For "$schema", or the YAML extension of an editor'),
  handler: async ({ experiment }) => {
    const { schemaOf } = await import('../../config/describe/schema');
    const { findExperiment } = await import('../../experiment/find-experiment');
    const { docs, createContext } = await import('../command-context');
    const { registry } = createContext();
    console.log(JSON.stringify(schemaOf(findExperiment(registry, experiment), registry, docs()), undefined, 2));
  },
};
