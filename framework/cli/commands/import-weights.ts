import type { Command } from '../command';
import { type SettingsArguments, overridesOf, withSettings } from '../options/settings';
import { commandName } from '../../util/command-name';

interface Arguments extends SettingsArguments {
  file: string;
  name: string | undefined;
  part: string | undefined;
  json: boolean;
}

export const importWeights: Command<Arguments> = {
  command: 'import-weights <file> <experiment> [settings..]',
  describe: 'Create a run from the weights of a safetensors file',
  builder: (args) =>
    withSettings(
      args.positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'Weights file, with the names of PyTorch',
      }),
    )
      .option('name', { type: 'string', requiresArg: true, describe: 'Run name, appended to the timestamp' })
      .option('part', {
        type: 'string',
        requiresArg: true,
        describe: 'Model of an experiment with several, such as generator',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the result as JSON; progress goes to stderr',
      }),
  handler: async ({ file, name, part, json, ...selected }) => {
    const { createContext } = await import('../command-context');
    const { displayPath } = await import('../../run/runs-folder');
    const { importWeights: createRun } = await import('../../experiment/weights/import-weights');
    const { registry, monitor, runs } = createContext(json);
    const runOptions = { registry, monitor, name: selected.experiment, overrides: await overridesOf(selected) };
    const folder = await createRun(runOptions, runs, file, name, part);
    if (json) {
      console.log(JSON.stringify({ run: folder.id, folder: folder.path }));
      return;
    }
    monitor.log(`Created a run with these weights: ${displayPath(folder.path)}`);
    monitor.log(`  Generate samples:  ${commandName()} sample ${folder.id} -n 64`);
    monitor.log(`  Continue training: ${commandName()} resume ${folder.id}`);
  },
};
