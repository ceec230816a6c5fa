import { basename } from 'node:path';
import type { Command } from '../command';

interface Arguments {
  shell: 'bash' | 'zsh' | undefined;
}

export const completion: Command<Arguments> = {
  command: 'completion [shell]',
  describe: 'Print a shell completion script',
  builder: (args) =>
    args
      .positional('shell', { choices: ['bash', 'zsh'] as const, describe: 'Shell; default: that of $SHELL' })
      .example('source <($0 completion bash)', 'For this session; add it to ~/.bashrc for every session'),
  handler: async ({ shell }) => {
    const { SCRIPTS } = await import('../completion');
    const own = basename(process.env['SHELL'] ?? '') === 'zsh' ? 'zsh' : 'bash';
    console.log(SCRIPTS[shell ?? own]);
  },
};
