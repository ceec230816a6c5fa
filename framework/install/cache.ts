import { homedir } from 'node:os';
import { join } from 'node:path';
import { environmentVariable } from '../util/environment-variable';

/** The user's cache folder for this project, shared by all checkouts: $EXPLAB_CACHE, or where the system keeps such things. */
export function cacheFolder(): string {
  const named = environmentVariable('EXPLAB_CACHE');
  if (named !== undefined) return named;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'explab');
  return join(environmentVariable('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'explab');
}

/** Where TensorFlow and packages for Python are installed, a folder each. */
export function installationsFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}
