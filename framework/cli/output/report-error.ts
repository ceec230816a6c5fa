import { ExitCode, UserError, messageOf } from '../../errors';
import { fileError } from '../../util/file-errors';

/** Prints an error. @returns the exit code */
export function reportError(error: unknown, debug: boolean): number {
  const known = error instanceof UserError ? error : fileError(error);
  if (known) console.error(known.text);
  else console.error(`${messageOf(error)}\n  This looks like a bug in exp or in a plugin; --debug shows where.`);
  if (debug && error instanceof Error) console.error(error.stack);
  return known?.exitCode ?? ExitCode.failed;
}
