import type { Argv } from 'yargs';

export interface WorkersArguments {
  workers: number | undefined;
}

/** Declares how many processes of this machine train together. */
export function withWorkersOption<T>(args: Argv<T>): Argv<T & WorkersArguments> {
  return args.option('workers', {
    type: 'number',
    requiresArg: true,
    describe: 'Processes of this machine that train together, each on its share of every batch',
  });
}
