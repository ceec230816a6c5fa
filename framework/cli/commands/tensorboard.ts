import type { Command } from '../command';

interface Arguments {
  readonly logdir: string | undefined;
  readonly port: number;
  readonly host: string;
}

export const tensorboard: Command<Arguments> = {
  command: 'tensorboard',
  describe: 'Open runs in TensorBoard',
  builder: (args) =>
    args
      .option('logdir', {
        type: 'string',
        requiresArg: true,
        defaultDescription: 'runs',
        describe: 'Folder of runs',
      })
      .option('port', { type: 'number', default: 6006, requiresArg: true, describe: 'Port to listen on' })
      .option('host', { type: 'string', default: 'localhost', requiresArg: true, describe: 'Address to listen on' }),
  handler: async ({ logdir, port, host }) => {
    const { runTensorBoard } = await import('../../tensorflow/install/tensorboard');
    const { runsFolder } = await import('../../run/runs-folder');
    process.exitCode = await runTensorBoard([
      '--logdir',
      logdir ?? runsFolder(),
      '--port',
      String(port),
      '--host',
      host,
    ]);
  },
};
