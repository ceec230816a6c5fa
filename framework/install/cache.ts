import { join } from 'node:path';
import { cacheFolder } from './cache-folder';

export { cacheFolder };

/** Where TensorFlow and packages for Python are installed, a folder each. */
export function installationsFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}
