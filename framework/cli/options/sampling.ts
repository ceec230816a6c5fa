import type { Arguments, Argv } from 'yargs';
import type { FileRequest } from '../../experiment/sampling/sampling-request';
import type { CommandContext } from '../command-context';
import { FILE_OPTION } from './file';
import { CHECKPOINT } from './run';

/** Options of commands that use the model of a run. */
export interface SamplingArguments {
  run: string;
  settings: string[];
  seed: number;
  raw: boolean;
}

/** Arguments of commands that write samples to a file. */
export interface OutputArguments extends SamplingArguments {
  out: string;
  batch: number | undefined;
  force: boolean;
  json: boolean;
}

/** Methods of yargs that are missing in its types. */
interface Introspection {
  getOptions(): { readonly key: Readonly<Record<string, unknown>> };
}

/** Declares the sampling options. Any other option is a setting for sampling: `--guidance 2`. */
export function withSamplingOptions<T>(args: Argv<T>): Argv<T & SamplingArguments> {
  return args
    .strict(false)
    .strictCommands(false)
    .positional('run', CHECKPOINT)
    .positional('settings', { type: 'string', array: true, default: [], describe: 'Sampling settings to override' })
    .option('seed', { type: 'number', default: 1, describe: 'Random seed; equal seeds generate equal samples' })
    .option('raw', {
      type: 'boolean',
      default: false,
      describe: 'Use the raw weights instead of their moving average; same as ema=0',
    })
    .middleware(addSettingOptions as unknown as (args: Arguments) => void)
    .epilogue('Every sampling setting of the experiment is also an option, such as --guidance 2 for guidance=2.');
}

/** Moves undeclared options to the settings, as `--name=value`. */
function addSettingOptions(args: Arguments, parser: Argv): void {
  const declared = Object.keys((parser as unknown as Introspection).getOptions().key);
  const known = new Set(['_', '$0', 'run', 'settings', ...declared.flatMap((name) => [name, camelCase(name)])]);
  const others = Object.entries(args).filter(([name]) => !known.has(name));
  const options = others.map(([name, value]) => `--${name}=${String(value)}`);
  args['settings'] = [...options, ...(args['settings'] as string[])];
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Declares the options of commands that write samples to a file. @param out the default file */
export function withOutputOptions<T>(
  args: Argv<T>,
  out: string | undefined,
  describeOut: string,
): Argv<T & OutputArguments> {
  return withSamplingOptions(args)
    .option('out', { ...FILE_OPTION, ...(out !== undefined && { default: out }), describe: describeOut })
    .option('force', { type: 'boolean', default: false, describe: 'Replace the file if it exists' })
    .option('batch', { type: 'number', describe: 'Maximum number of samples per batch; default: as in training' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print the result as JSON; progress goes to stderr',
    }) as unknown as Argv<T & OutputArguments>;
}

/** The settings that override the run's for sampling. */
export function samplingOverrides({ settings, raw }: Pick<SamplingArguments, 'settings' | 'raw'>): string[] {
  return [...settings, ...(raw ? ['ema=0'] : [])];
}

/** The sampling request of a command. */
export function samplingRequest(args: OutputArguments, { registry, monitor, runs }: CommandContext): FileRequest {
  const { run, seed, out, batch, force } = args;
  return { registry, monitor, runs, run, seed, out, batch, force, settings: samplingOverrides(args) };
}
