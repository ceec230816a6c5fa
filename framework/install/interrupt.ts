import { ExitCode, UserError } from '../errors';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does work that a Ctrl-C must not leave half-done: the signal aborts it, and it cleans up before it throws.
 * @param command what begins it again
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
    throw new UserError('The setup was interrupted; what was begun is removed.', {
      hints: [`Begin again: ${command}`],
      exitCode: ExitCode.interrupted,
    });
  } finally {
    for (const name of SIGNALS) process.off(name, abort);
  }
}
