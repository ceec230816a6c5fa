import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ExitCode, UserError } from '../errors';
import { checkFileWritable } from '../util/writable';

/**
 * The full path of what a command is to make.
 * @throws UserError if something has that name, which is not overwritten, or the folder is missing or cannot be written
 */
export function placeFor(out: string): string {
  if (out === '') throw new UserError('--out is empty: expected a name.', { exitCode: ExitCode.usage });
  const place = resolve(out);
  if (existsSync(place)) throw new UserError(`--out ${out}: there is something of that name already.`);
  if (!existsSync(dirname(place))) throw new UserError(`--out ${out}: there is no folder ${dirname(place)}.`);
  checkFileWritable(place);
  return place;
}
