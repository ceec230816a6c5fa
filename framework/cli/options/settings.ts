import type { Argv } from 'yargs';
import type { Override } from '../../config/parse/override';
import { FILES_OPTION } from './file';

/** Arguments of commands that take an experiment and its settings. */
export interface SettingsArguments {
  experiment: string;
  settings: string[];
  set: string[];
  config: string[];
}

/** Positional argument that names an experiment. */
export const EXPERIMENT = {
  type: 'string',
  demandOption: true,
  describe: 'Name of the experiment; exp list shows them',
} as const;

/** Declares the experiment and its settings. @param isDemanded false if the command itself checks that an experiment is named */
export function withSettings<T>(args: Argv<T>, isDemanded = true): Argv<T & SettingsArguments> {
  return args
    .positional('experiment', { ...EXPERIMENT, demandOption: isDemanded as true })
    .positional('settings', {
      type: 'string',
      array: true,
      default: [],
      describe: 'Settings, as key=value or slot.key=value',
    })
    .option('set', { type: 'string', array: true, default: [], describe: 'Settings; the same as positional ones' })
    .option('config', {
      ...FILES_OPTION,
      nargs: 1,
      default: [],
      describe: 'YAML or JSON file of settings; repeatable, later files override earlier ones',
    });
}

/**
 * The settings of a new run: the project's defaults, and what the user adds.
 * @throws UserError listing all settings that cannot be parsed
 */
export async function overridesOf({ experiment, settings, set, config }: SettingsArguments): Promise<Override[]> {
  const { gatherOverrides } = await import('../../config/parse/gather-overrides');
  const { readProjectFile } = await import('../../project/project-file');
  const { projectRoot } = await import('../../project/project-root');
  const project = { file: readProjectFile(projectRoot()), experiment };
  return gatherOverrides({ args: [...settings, ...set], files: config, project });
}

/** The changes to the settings of a run that exists. @throws UserError listing all settings that cannot be parsed */
export async function changesOf({ settings, set, config }: Omit<SettingsArguments, 'experiment'>): Promise<Override[]> {
  const { gatherOverrides } = await import('../../config/parse/gather-overrides');
  return gatherOverrides({ args: [...settings, ...set], files: config });
}

export interface WorkersArguments {
  workers: number | undefined;
}

/** Declares --workers. */
export function withWorkersOption<T>(args: Argv<T>): Argv<T & WorkersArguments> {
  return args.option('workers', {
    type: 'number',
    requiresArg: true,
    coerce: workerCount,
    describe: 'Number of local worker processes; each trains on its share of every batch',
  });
}

/** The last of repeated values. @throws Error if it is no count of workers */
function workerCount(values: number | readonly number[]): number {
  const count = [values].flat().at(-1) ?? NaN;
  if (!Number.isSafeInteger(count) || count < 1) throw new Error('--workers: expected an integer of at least 1.');
  return count;
}
