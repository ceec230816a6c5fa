import { homedir } from 'node:os';
import { join } from 'node:path';

/** Replaces a leading `~/` by the user's home folder. Shells do so too, but not after `=`. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
