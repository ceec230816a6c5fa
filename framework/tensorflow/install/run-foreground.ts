import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program on this process's standard streams until it exits, forwarding signals to it.
 * @returns its exit code, or 128 plus the number of the signal that killed it
 */
export async function runForeground(command: string, args: readonly string[]): Promise<number> {
  // Its own process group, so that a Ctrl-C reaches it only once, from here.
  const child = spawn(command, args, { stdio: 'inherit', detached: true });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, forward);
  }
}
