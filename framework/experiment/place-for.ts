import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors';

/**
 * The full path of what a command is to make.
 * @throws UserError where there is something of that name, which is not overwritten, or no folder to make it in
 */
export function placeFor(out: string): string {
  const place = resolve(out);
  if (existsSync(place)) throw new UserError(`--out ${out}: there is something of that name already.`);
  if (!existsSync(dirname(place))) throw new UserError(`--out ${out}: there is no folder ${dirname(place)}.`);
  return place;
}
