import { ExitCode, UserError } from '../errors';

/** Names that mean something else: the newest run; devices, on Windows. */
const RESERVED = /^(latest|con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a name cannot be that of a folder of a run. */
export const isReserved = (name: string): boolean => RESERVED.test(name);

/**
 * Checks a name that the user gives a run: it becomes part of a folder's name, and of commands.
 * @throws UserError saying what a name is made of
 */
export function checkRunName(name: string): void {
  const isPlain = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(name) && !name.endsWith('.');
  if (isPlain && !isReserved(name)) return;
  const shown = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
  throw new UserError(`--name ${shown}: a run cannot have that name.`, {
    hints: ['A name begins with a letter and has letters, digits, ".", "_" and "-", 64 at most: --name baseline'],
    exitCode: ExitCode.usage,
  });
}
