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
    .positional('settings', { type: 'string', array: true, default: [], describe: 'Other settings to draw with' })
    .option('seed', { type: 'number', default: 1, describe: 'Equal seeds draw equal images' })
    .option('sampler', { type: 'string', describe: 'How it gets from noise to images, such as DDIM' })
    .option('steps', { type: 'number', describe: 'In how many steps' })
    .option('raw', { type: 'boolean', default: false, describe: 'By the weights, not by their average: ema=0' })
    .option('class', { type: 'number', describe: 'Of which class, where the network was told classes' })
    .option('guidance', { type: 'number', describe: 'How strongly they are drawn to their class; 1 is no guidance' });
}

/** Declares what every command that draws into a file can be told. @param out the file, where none is named */
export function withOutputOptions<T>(args: Argv<T>, out: string, describeOut: string): Argv<T & OutputArguments> {
  return withSamplingOptions(args)
    .option('out', { ...FILE_OPTION, default: out, describe: describeOut })
    .option('force', { type: 'boolean', default: false, describe: 'Replace the file if it exists' })
    .option('batch', { type: 'number', describe: 'How many images are drawn at once at most; as in training' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print what was made as JSON; progress goes to stderr',
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
