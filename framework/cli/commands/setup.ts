import { resolve } from 'node:path';
import type { Choice } from '../../tensorflow/install/choice';
import type { Command } from '../command';

interface Arguments {
  readonly tensorflow: string | undefined;
  readonly variant: 'auto' | 'cpu' | 'cuda' | undefined;
  readonly workers: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export const setup: Command<Arguments> = {
  command: 'setup',
  describe: 'Install TensorFlow and TensorBoard',
  builder: (args) =>
    args
      .option('tensorflow', {
        type: 'string',
        requiresArg: true,
        describe: 'Use the TensorFlow installation in this folder',
      })
      .option('variant', {
        choices: ['auto', 'cpu', 'cuda'] as const,
        describe: 'Build for CPUs or for NVIDIA GPUs; auto detects the hardware',
      })
      .conflicts('tensorflow', 'variant')
      .option('workers', {
        type: 'boolean',
        default: false,
        describe: 'Also install MPI for distributed training',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Reinstall' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' }),
  handler: async ({ workers, force, json, ...request }) => {
    const { setUp } = await import('../../tensorflow/install/setup');
    const installation = await setUp(choiceOf(request), { force });
    if (workers) await (await import('../../cluster/mpi/mpich')).ensureMpich({ force });
    const { title, folder } = installation;
    console.log(json ? JSON.stringify(installation, undefined, 2) : `Ready: ${title}, in ${folder}`);
  },
};

function choiceOf({ tensorflow, variant }: Pick<Arguments, 'tensorflow' | 'variant'>): Choice | 'auto' | undefined {
  if (tensorflow !== undefined) return { tensorflow: resolve(tensorflow) };
  return variant === undefined || variant === 'auto' ? variant : { variant };
}
