import type { OptionEntry } from '../../config/describe/catalogue';
import type { Command } from '../command';

interface Arguments {
  name: string | undefined;
  json: boolean;
}

export const list: Command<Arguments> = {
  command: 'list [name]',
  describe: 'List experiments, option kinds, options and their settings',
  builder: (args) =>
    args
      .positional('name', {
        type: 'string',
        describe: 'Show only this option, experiment or kind, with its settings',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' }),
  handler: async ({ name, json }) => {
    const { listOptions } = await import('../list-options');
    const { PRESET_SUMMARY } = await import('../../config/declare/presets');
    const { options, broken } = listOptions(name);
    if (json) {
      console.log(JSON.stringify({ options, broken }, null, 2));
      return;
    }
    for (const kind of new Set(options.map((option) => option.kind))) {
      console.log(`\n${kind}`);
      for (const option of options.filter((each) => each.kind === kind))
        print(option, name !== undefined, PRESET_SUMMARY);
    }
    if (name === undefined) console.log('\nexp list NAME shows the settings of an option or experiment.');
    for (const { file, error } of broken) console.error(`\n${file} ${error}`);
  },
};

function print({ name, doc, settings, presets }: OptionEntry, detailed: boolean, presetSummary: string): void {
  console.log(`  ${name.padEnd(20)} ${doc}`);
  if (!detailed) return;
  for (const setting of settings) {
    const initial = setting.initial === undefined ? '' : JSON.stringify(setting.initial);
    const kind = setting.kind === undefined ? '' : ` (${setting.kind})`;
    console.log(`    ${`${setting.name}=${initial.replaceAll('"', '')}`.padEnd(34)} ${setting.doc}${kind}`);
  }
  if (presets.length > 0) console.log(`    ${'preset='.padEnd(34)} ${presetSummary} (${presets.join(', ')})`);
}
