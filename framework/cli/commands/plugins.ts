import type { Command } from '../command';

interface Arguments {
  readonly json: boolean;
}

export const plugins: Command<Arguments> = {
  command: 'plugins',
  describe: 'List options with the file or package that each comes from, and plugins that cannot be loaded',
  builder: (args) => args.option('json', { type: 'boolean', default: false, describe: 'Print as JSON' }),
  handler: async ({ json }) => {
    const { describePlugins, printPlugins } = await import('../describe-plugins');
    const described = describePlugins();
    if (json) console.log(JSON.stringify(described, undefined, 2));
    else printPlugins(described);
  },
};
