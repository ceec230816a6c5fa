import { ExitCode, UserError, messageOf } from '../errors';

/** Tells the user what went wrong. @returns the exit code */
export function report(error: unknown, debug: boolean): number {
  if (error instanceof UserError) console.error(error.text);
  // yargs throws its own messages about commands and options by the name YError.
  else if (error instanceof Error && error.name === 'YError') console.error(`${error.message}\n  exp --help`);
  else console.error(`${messageOf(error)}\n  This looks like a fault in exp or in a plugin; --debug shows where.`);
  if (debug && error instanceof Error) console.error(error.stack);
  if (error instanceof UserError) return error.exitCode;
  return error instanceof Error && error.name === 'YError' ? ExitCode.usage : ExitCode.failed;
}
