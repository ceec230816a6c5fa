import { join } from 'node:path';
import { cacheFolder } from './cache-folder';

export { cacheFolder };

/** Parent folder of the installations of TensorFlow and of Python packages. */
export function installationsFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}
