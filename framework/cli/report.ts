import { ExitCode, UserError, messageOf } from '../errors';

/** Tells the user what went wrong. @returns the exit code */
export function report(error: unknown, debug: boolean): number {
  if (error instanceof UserError) console.error(error.text);
  else console.error(`${messageOf(error)}\n  This looks like a fault in exp or in a plugin; --debug shows where.`);
  if (debug && error instanceof Error) console.error(error.stack);
  return error instanceof UserError ? error.exitCode : ExitCode.failed;
}
