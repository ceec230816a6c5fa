import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's cache folder for this project, shared by all checkouts: $EXPLAB_CACHE, or where the system keeps such things. */
export function cacheFolder(): string {
  const { EXPLAB_CACHE, XDG_CACHE_HOME } = process.env;
  if (EXPLAB_CACHE) return EXPLAB_CACHE;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'explab');
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'explab');
}

/** Where TensorFlow and packages for Python are installed, a folder each. */
export function installationsFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}
