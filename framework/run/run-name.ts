import { ExitCode, UserError } from '../errors';

/** Reserved names: the latest run; devices on Windows. */
const RESERVED = /^(latest|con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** True if the folder of a run cannot have this name. */
export const isReserved = (name: string): boolean => RESERVED.test(name);

/** An ID of a run that is not reserved. */
export const RUN_ID = /^[a-z0-9][\w.-]{0,99}$/i;

/** Whether a user may name a run so. */
export const isRunName = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(name) && !name.endsWith('.') && !isReserved(name);

/**
 * Checks a user-given name of a run, which becomes part of a folder's name and of commands.
 * @throws UserError describing valid names
 */
export function checkRunName(name: string): void {
  if (isRunName(name)) return;
  const shown = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
  throw new UserError(`--name ${shown}: invalid run name.`, {
    hints: ['A name starts with a letter and contains at most 64 letters, digits, ".", "_" and "-": --name baseline'],
    exitCode: ExitCode.usage,
  });
}
