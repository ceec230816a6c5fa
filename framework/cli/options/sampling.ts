import type { Argv } from 'yargs';
import type { FileRequest } from '../../experiment/sampling/sampling-request';
import { FILE_OPTION } from './file';
import type { CommandContext } from '../command-context';
import { CHECKPOINT } from './run';

/** Options for sampling images from the model of a run. */
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

/** Arguments of commands that sample images into a file. */
export interface OutputArguments extends SamplingArguments {
  out: string;
  batch: number | undefined;
  force: boolean;
  json: boolean;
}

/** Declares the sampling options. */
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
      describe: 'Use the raw weights instead of their moving average; same as ema=0',
    })
    .option('class', { type: 'number', describe: 'Class to generate, for class-conditional models' })
    .option('guidance', { type: 'number', describe: 'Scale of classifier-free guidance; 1 disables it' });
}

/** Declares the options of commands that sample images into a file. @param out the default file */
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

/** The settings that override the run's for sampling, from options and positional settings. */
export function samplingOverrides(args: Omit<SamplingArguments, 'run' | 'seed'>): string[] {
  const { settings, sampler, steps, raw, class: classIndex, guidance } = args;
  return [
    ...(sampler === undefined ? [] : [`sampler=${sampler}`]),
    ...settings,
    ...(steps === undefined ? [] : [`sampler.steps=${steps}`]),
    ...(raw ? ['ema=0'] : []),
    ...(classIndex === undefined ? [] : [`class=${classIndex}`]),
    ...(guidance === undefined ? [] : [`guidance=${guidance}`]),
  ];
}

/** The sampling request of a command. */
export function samplingRequest(args: OutputArguments, { registry, monitor, runs }: CommandContext): FileRequest {
  const { run, seed, out, batch, force } = args;
  return { registry, monitor, runs, run, seed, out, batch, force, settings: samplingOverrides(args) };
}
