import type { Argv } from 'yargs';
import type { SamplingRequest } from '../../experiment/sampling/sampling-request';
import { FILE_OPTION } from './file';
import type { Lab } from '../lab';
import { CHECKPOINT } from './run';

/** How images are drawn by the model of a run. */
export interface SamplingArguments {
  run: string;
  settings: string[];
  seed: number;
  sampler: string | undefined;
  steps: number | undefined;
  raw: boolean;
  class: number | undefined;
  guidance: number | undefined;
}

/** The words of a command that draws into a file. */
export interface OutputArguments extends SamplingArguments {
  out: string;
  batch: number | undefined;
  force: boolean;
  json: boolean;
}

/** Declares how a command can be told to draw. */
export function withSamplingOptions<T>(args: Argv<T>): Argv<T & SamplingArguments> {
  return args
    .positional('run', CHECKPOINT)
    .positional('settings', { type: 'string', array: true, default: [], describe: 'Sampling settings to override' })
    .option('seed', { type: 'number', default: 1, describe: 'Random seed; equal seeds generate equal images' })
    .option('sampler', { type: 'string', describe: 'Sampler, such as DDIM' })
    .option('steps', { type: 'number', describe: 'Number of sampling steps' })
    .option('raw', {
      type: 'boolean',
      default: false,
      describe: 'Use the weights instead of their moving average: ema=0',
    })
    .option('class', { type: 'number', describe: 'Class to generate, for class-conditional models' })
    .option('guidance', { type: 'number', describe: 'Scale of classifier-free guidance; 1 disables it' });
}

/** Declares what every command that draws into a file can be told. @param out the file, where none is named */
export function withOutputOptions<T>(args: Argv<T>, out: string, describeOut: string): Argv<T & OutputArguments> {
  return withSamplingOptions(args)
    .option('out', { ...FILE_OPTION, default: out, describe: describeOut })
    .option('force', { type: 'boolean', default: false, describe: 'Replace the file if it exists' })
    .option('batch', { type: 'number', describe: 'Maximum number of images per batch; default: as in training' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print the result as JSON; progress goes to stderr',
    });
}

/** The settings that a drawing has instead of the run's, of those that its options say and those that are typed. */
export function samplingOverrides(args: Omit<SamplingArguments, 'run' | 'seed'>): string[] {
  const { settings, sampler, steps, raw, class: only, guidance } = args;
  return [
    ...(sampler === undefined ? [] : [`sampler=${sampler}`]),
    ...settings,
    ...(steps === undefined ? [] : [`sampler.steps=${steps}`]),
    ...(raw ? ['ema=0'] : []),
    ...(only === undefined ? [] : [`class=${only}`]),
    ...(guidance === undefined ? [] : [`guidance=${guidance}`]),
  ];
}

/** What is to be drawn by. */
export function samplingRequest(args: OutputArguments, { registry, monitor, runs }: Lab): SamplingRequest {
  const { run, seed, out, batch, force } = args;
  return { registry, monitor, runs, run, seed, out, batch, force, settings: samplingOverrides(args) };
}
