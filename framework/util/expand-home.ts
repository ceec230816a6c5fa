import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path with `~/` at its beginning replaced by the user's home folder, as a shell does, but not after `=`. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
