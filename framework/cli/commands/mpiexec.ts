import type { Command } from '../command';

interface Arguments {
  readonly args: string[];
}

export const mpiexec: Command<Arguments> = {
  command: 'mpiexec [args..]',
  describe: 'Run the mpiexec of the MPI that workers use',
  builder: (args) =>
    args
      .positional('args', { type: 'string', array: true, default: [], describe: 'Arguments of mpiexec' })
      .example('$0 mpiexec -hosts node1,node2 exp run EXPERIMENT', 'Train on two machines'),
  handler: async ({ args }) => {
    const { ensureMpi, mpiexecOf } = await import('../../cluster/mpi/installation');
    const { runForeground } = await import('../../tensorflow/install/run-foreground');
    process.exitCode = await runForeground(mpiexecOf(await ensureMpi()), args);
  },
};
