import { ExitCode, UserError } from '../errors';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that must clean up when interrupted by Ctrl-C: its signal is aborted, and it cleans up before it throws.
 * @param command command that restarts it
 * @throws UserError with the exit code of an interruption
 */
export async function interruptible<T>(command: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new UserError('The setup was interrupted; the partial installation was removed.', {
      hints: [`Start again: ${command}`],
      exitCode: ExitCode.interrupted,
    });
  } finally {
    for (const name of SIGNALS) process.off(name, abort);
  }
}
