import type { Argv } from 'yargs';
import { FILES_OPTION } from './file-option';
import type { Override } from '../config/override';

/** The words of a command that names an experiment and its settings. */
export interface SettingsArguments {
  experiment: string;
  settings: string[];
  set: string[];
  config: string[];
}

/** Declares the experiment and its settings among a command's words. @param isDemanded whether the experiment must be named; the command looks itself otherwise */
export function withSettings<T>(args: Argv<T>, isDemanded = true): Argv<T & SettingsArguments> {
  return args
    .positional('experiment', {
      type: 'string',
      demandOption: isDemanded as true,
      describe: 'Its name, as exp list shows it',
    })
    .positional('settings', {
      type: 'string',
      array: true,
      default: [],
      describe: 'Settings: key=value or slot.key=value',
    })
    .option('set', { type: 'string', array: true, default: [], describe: 'Settings, the same as without --set' })
    .option('config', {
      ...FILES_OPTION,
      nargs: 1,
      default: [],
      describe: 'A YAML or JSON file of settings; may be given again, and the later counts',
    });
}

/** @throws UserError listing what cannot be understood */
export async function overridesOf({ settings, set, config }: SettingsArguments): Promise<Override[]> {
  const { gatherOverrides } = await import('../config/sources');
  return gatherOverrides({ words: [...settings, ...set], files: config });
}
