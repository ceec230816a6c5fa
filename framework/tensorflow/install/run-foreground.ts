import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program on this process's own standard streams until it ends, and passes signals on to it.
 * @returns its exit code, or 128 and the number of the signal that ended it
 */
export async function runForeground(command: string, args: readonly string[]): Promise<number> {
  // A group of its own, so that a Ctrl-C reaches it once, from here.
  const child = spawn(command, args, { stdio: 'inherit', detached: true });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of PASSED_ON) process.off(signal, pass);
  }
}
