import { basename } from 'node:path';
import type { Command } from '../command';

interface Arguments {
  shell: 'bash' | 'zsh' | undefined;
}

export const completion: Command<Arguments> = {
  command: 'completion [shell]',
  describe: 'Print the script by which a shell completes experiments, settings and options',
  builder: (args) =>
    args
      .positional('shell', { choices: ['bash', 'zsh'] as const, describe: 'Which shell; that of $SHELL otherwise' })
      .example('source <($0 completion bash)', 'For this session; in ~/.bashrc for every one'),
  handler: async ({ shell }) => {
    const { SCRIPTS } = await import('../completion');
    const own = basename(process.env['SHELL'] ?? '') === 'zsh' ? 'zsh' : 'bash';
    console.log(SCRIPTS[shell ?? own]);
  },
};
